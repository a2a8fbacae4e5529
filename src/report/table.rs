//! Tables as kubectl prints them: upper-case headers, three spaces between columns, no borders.

use std::borrow::Cow;

use super::{Csv, Report};

/// Lays out a table. Every row has as many cells as there are headers; no line ends in a space, and
/// no cell breaks its line, whatever it holds.
pub fn table<T: AsRef<str>>(headers: &[&str], rows: &[Vec<T>]) -> String {
    let mut widths: Vec<usize> = headers
        .iter()
        .map(|header| header.chars().count())
        .collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(one_line(cell.as_ref()).chars().count());
        }
    }
    let mut out = String::new();
    push_line(&mut out, &widths, headers.iter().copied());
    for row in rows {
        push_line(&mut out, &widths, row.iter().map(AsRef::as_ref));
    }
    out
}

fn push_line<'c>(out: &mut String, widths: &[usize], cells: impl Iterator<Item = &'c str>) {
    let start = out.len();
    for (width, cell) in widths.iter().zip(cells) {
        let cell = one_line(cell);
        out.push_str(&cell);
        out.extend(std::iter::repeat_n(' ', width + 3 - cell.chars().count()));
    }
    out.truncate(start + out[start..].trim_end().len());
    out.push('\n');
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
        assert_eq!(table(&["A", "BC"], &rows), "A      BC\né\nlong   x\n");
    }

    #[test]
    fn a_cell_stays_on_its_line() {
        let rows = vec![vec!["x\ny\u{1b}".to_owned()]];
        assert_eq!(table(&["A"], &rows), "A\nx y\\u{1b}\n");
    }

    #[test]
    fn markdown_shows_stars_and_bars_as_they_are() {
        let rows = vec![vec!["*/*|x".to_owned()]];
        assert_eq!(markdown(&["A"], &rows), "| A |\n| --- |\n| \\*/\\*\\|x |\n");
    }
}
