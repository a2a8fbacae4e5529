//! Tables as kubectl prints them: upper-case headers, three spaces between columns, no borders.

use std::borrow::Cow;

use super::style::wrapped;
use super::{Csv, Report, Style};

/// The narrowest that a column gets whose cells are longer, so that they can still be read.
const LEAST: usize = 10;

/// Where a cell is broken: at first only between words and the parts of a path, then inside of names too.
const BREAKS: [&str; 2] = [" /,", " /,-."];

/// Lays out a table. Every row has as many cells as there are headers; no line ends in a space, and
/// no cell breaks its line, whatever it holds.
///
/// A table that is wider than the terminal gets cells of several lines, without breaking a name if
/// that is enough; where even that does not fit, each row becomes a block with a cell a line.
pub fn table<T: AsRef<str>>(headers: &[&str], rows: &[Vec<T>], style: Style) -> String {
    blocks(headers, rows, style).collect()
}

/// The same with a painted header, and each row, by its index, as `paint` paints it.
pub(super) fn painted<T: AsRef<str>>(
    headers: &[&str],
    rows: &[Vec<T>],
    style: Style,
    paint: impl Fn(usize, String) -> String,
) -> String {
    let mut blocks = blocks(headers, rows, style);
    let mut out = style.strong(&blocks.next().unwrap_or_default());
    out.extend(blocks.enumerate().map(|(at, block)| paint(at, block)));
    out
}

/// The header and the rows of a table, one by one, each with all of its lines.
fn blocks<'r, T: AsRef<str>>(
    headers: &'r [&str],
    rows: &'r [Vec<T>],
    style: Style,
) -> Box<dyn Iterator<Item = String> + 'r> {
    let header = headers.iter().map(|header| Cow::Borrowed(*header));
    let rows = rows.iter();
    let rows = rows.map(|row| row.iter().map(|cell| one_line(cell.as_ref())).collect());
    let rows: Vec<Vec<Cow<'_, str>>> = std::iter::once(header.collect()).chain(rows).collect();
    let mut widths = vec![0; headers.len()];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let total = |widths: &[usize], gap: usize| {
        widths.iter().sum::<usize>() + gap * widths.len().saturating_sub(1)
    };
    let limit = style.width().filter(|limit| total(&widths, 3) > *limit);
    let Some(limit) = limit else {
        return Box::new(rows.into_iter().map(move |row| line(&row, &widths, 3)));
    };
    for breaks in BREAKS {
        let least: Vec<usize> = (0..widths.len())
            .map(|column| {
                // An id is copied into the next command, so it stays whole.
                let breaks = if headers[column] == "ID" { "" } else { breaks };
                let cells = rows.iter().map(|row| longest_piece(&row[column], breaks));
                cells.max().unwrap_or_default().max(LEAST)
            })
            .collect();
        while total(&widths, 2) > limit {
            let longer = widths.iter_mut().zip(&least).rev();
            let longer = longer.filter(|(width, least)| **width > **least);
            let Some((widest, _)) = longer.max_by_key(|(width, _)| **width) else {
                break;
            };
            *widest -= 1;
        }
    }
    if total(&widths, 2) > limit {
        return Box::new(records(headers, &rows[1..], limit).into_iter());
    }
    let block = move |row: Vec<Cow<'_, str>>| {
        let cells: Vec<Vec<String>> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| wrapped(cell, *width))
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or_default();
        let part = |at: usize| -> Vec<String> {
            let parts = cells.iter().map(|cell| cell.get(at).cloned());
            parts.map(Option::unwrap_or_default).collect()
        };
        (0..height).map(|at| line(&part(at), &widths, 2)).collect()
    };
    Box::new(rows.into_iter().map(block))
}

/// The length of the longest piece of a cell, if it is broken behind these characters.
fn longest_piece(cell: &str, breaks: &str) -> usize {
    let pieces = cell.split_inclusive(|c| breaks.contains(c));
    let pieces = pieces.map(|piece| piece.trim_end_matches(' ').chars().count());
    pieces.max().unwrap_or_default()
}

fn line<T: AsRef<str>>(cells: &[T], widths: &[usize], gap: usize) -> String {
    let mut line = String::new();
    for (width, cell) in widths.iter().zip(cells) {
        let cell = cell.as_ref();
        line.push_str(cell);
        line.extend(std::iter::repeat_n(' ', width + gap - cell.chars().count()));
    }
    line.truncate(line.trim_end().len());
    line.push('\n');
    line
}

/// Rows with a cell a line; the header is empty.
fn records(headers: &[&str], rows: &[Vec<Cow<'_, str>>], limit: usize) -> Vec<String> {
    let width = headers.iter().map(|header| header.len()).max();
    let width = width.unwrap_or_default() + 3;
    let block = |(index, row): (usize, &Vec<Cow<'_, str>>)| {
        let cells = headers.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
        let lines = cells.map(|(header, cell)| {
            let cell = wrapped(cell, limit.saturating_sub(width).max(LEAST));
            let cell = cell.join(&format!("\n{:width$}", ""));
            format!("{header:<width$}{cell}\n")
        });
        let separator = if index == 0 { "" } else { "\n" };
        separator.to_owned() + &lines.collect::<String>()
    };
    let blocks = rows.iter().enumerate().map(block);
    std::iter::once(String::new()).chain(blocks).collect()
}

fn one_line(cell: &str) -> Cow<'_, str> {
    let cell = super::printable(cell);
    if !cell.contains(char::is_control) {
        return cell;
    }
    let spaced = cell.chars();
    spaced
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// The same as a Markdown table.
pub fn markdown<T: AsRef<str>>(headers: &[&str], rows: &[Vec<T>]) -> String {
    let cell = |text: &str| {
        text.replace('\\', "\\\\")
            .replace('|', "\\|")
            .replace('*', "\\*")
            .replace('\n', " ")
    };
    let line = |cells: &mut dyn Iterator<Item = String>| {
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    let mut out = line(&mut headers.iter().map(|header| cell(header)));
    out.push_str(&line(&mut headers.iter().map(|_| "---".to_owned())));
    for row in rows {
        out.push_str(&line(&mut row.iter().map(|text| cell(text.as_ref()))));
    }
    out
}

/// The same as comma-separated values (RFC 4180, with line feeds), the headers in lower case. A field
/// that a spreadsheet would take for a formula begins with a quote mark.
pub(super) fn csv<T: AsRef<str>>(headers: &[&str], rows: &[Vec<T>]) -> Report {
    let field = |text: &str| {
        let text = if text.starts_with(['=', '+', '-', '@']) {
            format!("'{text}")
        } else {
            text.to_owned()
        };
        if text.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text
        }
    };
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        cells.map(field).collect::<Vec<_>>().join(",") + "\n"
    };
    let head: Vec<String> = headers
        .iter()
        .map(|header| header.to_lowercase().replace(' ', "_"))
        .collect();
    Report::Csv(Csv {
        head: line(&mut head.iter().map(String::as_str)),
        rows: rows
            .iter()
            .map(|row| line(&mut row.iter().map(AsRef::as_ref)))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_three_blanks_apart_and_lines_end_in_none() {
        let rows = vec![
            vec!["é".to_owned(), String::new()],
            vec!["long".to_owned(), "x".to_owned()],
        ];
        let table = table(&["A", "BC"], &rows, Style::new(false));
        assert_eq!(table, "A      BC\né\nlong   x\n");
    }

    #[test]
    fn a_cell_stays_on_its_line() {
        let rows = vec![vec!["x\ny\u{1b}".to_owned()]];
        let table = table(&["A"], &rows, Style::new(false));
        assert_eq!(table, "A\nx y\\u{1b}\n");
    }

    fn in_columns(width: usize) -> String {
        let row = [
            "applications",
            "team-alpha-production/checkout-service",
            "yes",
        ];
        let row = row.map(str::to_owned).to_vec();
        let style = Style::new(false).with_width(Some(width));
        table(&["RESOURCE", "OBJECT", "WANT"], &[row.clone(), row], style)
    }

    #[test]
    fn a_wide_table_gets_cells_of_several_lines() {
        assert_eq!(
            in_columns(44),
            "\
RESOURCE      OBJECT                    WANT
applications  team-alpha-production/    yes
              checkout-service
applications  team-alpha-production/    yes
              checkout-service
"
        );
    }

    #[test]
    fn places_and_names_stay_whole_while_something_else_can_be_broken() {
        let row = [
            "everything else",
            "write-repositories",
            "probe/https://probe.example.com",
            "live.yaml:101:5",
        ];
        let headers = ["ACTION", "RESOURCE", "OBJECT", "DECIDED BY"];
        let style = Style::new(false).with_width(Some(62));
        assert_eq!(
            table(&headers, &[row.map(str::to_owned).to_vec()], style),
            "\
ACTION      RESOURCE         OBJECT            DECIDED BY
everything  write-           probe/https://    live.yaml:101:5
else        repositories     probe.example.
                             com
"
        );
    }

    #[test]
    fn an_id_stays_whole() {
        let row = [
            "octopus-20261128T235801Z-3a2aa8f9580c",
            "2026-11-28T23:58:01Z",
        ];
        let style = Style::new(false).with_width(Some(52));
        let table = table(&["ID", "ISSUED"], &[row.to_vec()], style);
        assert!(
            table.contains(&format!("\n{}  2026-11-", row[0])),
            "{table}"
        );
    }

    #[test]
    fn a_table_that_cannot_fit_has_a_cell_a_line() {
        assert_eq!(
            in_columns(28),
            "\
RESOURCE   applications
OBJECT     team-alpha-
           production/
           checkout-service
WANT       yes

RESOURCE   applications
OBJECT     team-alpha-
           production/
           checkout-service
WANT       yes
"
        );
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in 24..120 {
            let table = in_columns(width);
            assert!(
                table.lines().all(|line| line.chars().count() <= width),
                "{table}"
            );
        }
    }

    #[test]
    fn markdown_shows_stars_and_bars_as_they_are() {
        let rows = vec![vec!["*/*|x".to_owned()]];
        assert_eq!(markdown(&["A"], &rows), "| A |\n| --- |\n| \\*/\\*\\|x |\n");
    }
}
