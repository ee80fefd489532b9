//! Tables: with a head and fitted to the width on a terminal, else aligned text that is never cut.

use comfy_table::{Attribute, Cell as TableCell, Color, ColumnConstraint, ContentArrangement, presets};

use super::{Style, Tone};

/// Rows under a head.
pub struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

/// A piece of text with what its colour says.
pub struct Cell {
    text: String,
    tone: Option<Tone>,
}

/// A cell without a colour.
#[expect(clippy::needless_pass_by_value, reason = "texts, numbers and ids are given as they are")]
pub fn cell(text: impl ToString) -> Cell {
    Cell { text: text.to_string(), tone: None }
}

impl Cell {
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = Some(tone);
        self
    }
}

impl Table {
    pub fn new<const N: usize>(head: [&'static str; N]) -> Self {
        Self { head: head.to_vec(), rows: Vec::new() }
    }

    pub fn row<const N: usize>(&mut self, cells: [Cell; N]) {
        self.rows.push(cells.into());
    }

    /// The table as text; nothing but its head if it has no rows.
    pub fn render(self, style: &Style) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        let arrangement =
            if style.terminal { ContentArrangement::Dynamic } else { ContentArrangement::Disabled };
        table.set_content_arrangement(arrangement);
        if style.color {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        table.set_header(
            self.head.into_iter().map(|head| TableCell::new(head).add_attribute(Attribute::Bold)),
        );
        let whole: Vec<bool> = (0..table.column_count()).map(|column| is_whole(&self.rows, column)).collect();
        for row in self.rows {
            table.add_row(row.into_iter().map(Cell::render));
        }
        for (column, whole) in table.column_iter_mut().zip(whole) {
            column.set_padding((0, 2));
            if whole {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        let mut text = table.trim_fmt();
        text.push('\n');
        text
    }
}

/// Ids and names are never broken into lines, so that they can be copied; only what has spaces is.
fn is_whole(rows: &[Vec<Cell>], column: usize) -> bool {
    rows.iter().all(|row| !row[column].text.contains(' '))
}

impl Cell {
    fn render(self) -> TableCell {
        let cell = TableCell::new(self.text);
        match self.tone {
            None => cell,
            Some(Tone::Good) => cell.fg(Color::Green),
            Some(Tone::Bad) => cell.fg(Color::Red),
            Some(Tone::Active) => cell.fg(Color::Cyan),
            Some(Tone::Warning) => cell.fg(Color::Yellow),
            Some(Tone::Dim) => cell.add_attribute(Attribute::Dim),
            Some(Tone::Bold) => cell.add_attribute(Attribute::Bold),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_a_terminal_a_table_is_aligned_text() {
        let mut table = Table::new(["NAME", "STATUS"]);
        table.row([cell("a"), cell("SUCCEEDED").tone(Tone::Good)]);
        table.row([cell("a-longer-name"), cell("")]);
        assert_eq!(
            table.render(&Style::plain()),
            "NAME           STATUS\na              SUCCEEDED\na-longer-name\n"
        );
    }
}
