//! Tables: with a head and fitted to the width on a terminal, else aligned text that is never cut.
//!
//! A cell is one line, always. Where a table is too wide for a terminal, first its times are told shorter, then the columns
//! that matter least are left out (and named below), then texts end in `…`. Ids, times and numbers are never cut.

use comfy_table::{Attribute, Cell as TableCell, Color, ContentArrangement, presets};
use console::{measure_text_width, truncate_str};

use super::{Style, Tone};

/// Between two columns.
const GAP: usize = 2;
/// Before a text is shortened to less than this, columns are left out.
const ROOMY: usize = 24;
/// What is left of a text that is shortened, if there is more of it.
const SHORTEST: usize = 12;

/// Rows under a head.
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    /// Heads of columns that may be left out, the first one first.
    expendable: &'static [&'static str],
}

struct Column {
    head: &'static str,
    /// Whether its texts may be shortened.
    flexible: bool,
}

/// A piece of text with what its colour says.
pub struct Cell {
    text: String,
    /// Instead of the text, on a terminal.
    brief: Option<String>,
    /// Instead of the text, on a terminal that is too narrow.
    narrow: Option<String>,
    tone: Option<Tone>,
}

/// A cell without a colour.
#[expect(clippy::needless_pass_by_value, reason = "texts, numbers and ids are given as they are")]
pub fn cell(text: impl ToString) -> Cell {
    Cell { text: text.to_string(), brief: None, narrow: None, tone: None }
}

impl Cell {
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = Some(tone);
        self
    }

    /// What stands there on a terminal.
    pub fn brief(mut self, brief: impl Into<String>) -> Self {
        self.brief = Some(brief.into());
        self
    }

    /// What stands there on a terminal that is too narrow.
    pub fn narrow(mut self, narrow: impl Into<String>) -> Self {
        self.narrow = Some(narrow.into());
        self
    }
}

impl Table {
    pub fn new<const N: usize>(head: [&'static str; N]) -> Self {
        let columns = head.map(|head| Column { head, flexible: false });
        Self { columns: columns.into(), rows: Vec::new(), expendable: &[] }
    }

    /// The columns whose texts may be shortened.
    pub fn flexible(mut self, heads: &[&str]) -> Self {
        self.columns.iter_mut().for_each(|column| column.flexible = heads.contains(&column.head));
        self
    }

    /// The columns that may be left out, the first one first.
    pub fn expendable(mut self, heads: &'static [&'static str]) -> Self {
        self.expendable = heads;
        self
    }

    pub fn row<const N: usize>(&mut self, cells: [Cell; N]) {
        self.rows.push(cells.into());
    }

    /// Leaves out a column of which nothing is known.
    pub fn without_if(mut self, unknown: bool, head: &str) -> Self {
        if unknown {
            self.leave_out(head);
        }
        self
    }

    /// The table as text; nothing but its head if it has no rows.
    pub fn render(mut self, style: &Style) -> String {
        let left_out = if style.terminal { self.fit(style.width) } else { Vec::new() };
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Disabled);
        if style.color {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        let heads = self.columns.iter().map(|column| column.head);
        table.set_header(heads.map(|head| TableCell::new(head).add_attribute(Attribute::Bold)));
        for row in self.rows {
            table.add_row(row.into_iter().map(Cell::render));
        }
        table.column_iter_mut().for_each(|column| _ = column.set_padding((0, 2)));
        format!("{}\n{}", table.trim_fmt(), note(&left_out, style))
    }

    /// Makes it as narrow as it has to be; gives the heads of the columns that were left out.
    fn fit(&mut self, width: usize) -> Vec<&'static str> {
        self.replace(|cell| cell.brief.take());
        if self.width(usize::MAX) > width {
            self.replace(|cell| cell.narrow.take());
        }
        let mut left_out = Vec::new();
        for head in self.expendable {
            if self.width(ROOMY) > width {
                self.leave_out(head);
                left_out.push(*head);
            }
        }
        self.shorten(width);
        left_out
    }

    fn replace(&mut self, form: impl Fn(&mut Cell) -> Option<String>) {
        for cell in self.rows.iter_mut().flatten() {
            if let Some(text) = form(cell) {
                cell.text = text;
            }
        }
    }

    fn leave_out(&mut self, head: &str) {
        if let Some(index) = self.columns.iter().position(|column| column.head == head) {
            self.columns.remove(index);
            self.rows.iter_mut().for_each(|row| _ = row.remove(index));
        }
    }

    /// Takes from the widest of the flexible columns until it fits, or nothing can be taken.
    fn shorten(&mut self, width: usize) {
        let mut most = self.widths().into_iter().max().unwrap_or(0);
        while most > SHORTEST && self.width(most) > width {
            most -= 1;
        }
        for (index, column) in self.columns.iter().enumerate().filter(|(_, column)| column.flexible) {
            let most = most.max(column.head.len());
            for row in &mut self.rows {
                row[index].text = truncate_str(&row[index].text, most, "…").into_owned();
            }
        }
    }

    /// How wide it is if flexible columns are at most this wide.
    fn width(&self, most: usize) -> usize {
        let columns = self.columns.iter().zip(self.widths());
        let widths =
            columns.map(
                |(column, width)| {
                    if column.flexible { width.min(most.max(column.head.len())) } else { width }
                },
            );
        widths.sum::<usize>() + GAP * self.columns.len().saturating_sub(1)
    }

    fn widths(&self) -> Vec<usize> {
        let cells = |index: usize| self.rows.iter().map(move |row| measure_text_width(&row[index].text));
        let columns = self.columns.iter().enumerate();
        columns.map(|(index, column)| cells(index).max().unwrap_or(0).max(column.head.len())).collect()
    }
}

fn note(left_out: &[&str], style: &Style) -> String {
    if left_out.is_empty() {
        return String::new();
    }
    let text = format!("Left out for lack of room: {}", left_out.join(", "));
    format!("{}\n", style.dim(&text))
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
mod tests;
