//! Tables as kubectl prints them: upper-case headers, three spaces between columns, no borders.

use super::{Csv, Report};

/// Lays out a table. Every row has as many cells as there are headers; no line ends in a space, and
/// no cell breaks its line, whatever it holds.
pub fn table(headers: &[&str], rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| one_line(cell)).collect())
        .collect();
    let rows = rows.as_slice();
    let mut widths: Vec<usize> = headers
        .iter()
        .map(|header| header.chars().count())
        .collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut out = String::new();
    let header: Vec<String> = headers.iter().map(ToString::to_string).collect();
    for row in std::iter::once(&header).chain(rows) {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width + 3 - cell.chars().count()));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn one_line(cell: &str) -> String {
    let cell = super::printable(cell);
    cell.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// The same as a Markdown table.
pub fn markdown(headers: &[&str], rows: &[Vec<String>]) -> String {
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
        out.push_str(&line(&mut row.iter().map(|text| cell(text))));
    }
    out
}

/// The same as comma-separated values (RFC 4180, with line feeds), the headers in lower case. A field
/// that a spreadsheet would take for a formula begins with a quote mark.
pub(super) fn csv(headers: &[&str], rows: &[Vec<String>]) -> Report {
    let field = |text: &String| {
        let text = if text.starts_with(['=', '+', '-', '@']) {
            format!("'{text}")
        } else {
            text.clone()
        };
        if text.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text
        }
    };
    let line = |cells: &[String]| cells.iter().map(field).collect::<Vec<_>>().join(",") + "\n";
    let head: Vec<String> = headers
        .iter()
        .map(|header| header.to_lowercase().replace(' ', "_"))
        .collect();
    Report::Csv(Csv {
        head: line(&head),
        rows: rows.iter().map(|row| line(row)).collect(),
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
