import { type Row, tabbed, textOf } from '../answer'
import { type Place, WHOLE_ROW } from './moves'

/** A cell's text, or its row's as a spreadsheet takes it. */
export function textAt(rows: Row[], { row, column }: Place): string {
  const cells = rows[row] ?? []
  return column === WHOLE_ROW ? tabbed(cells) : textOf(cells[column])
}

/** Browsers refuse this on pages that came over plain HTTP from elsewhere. */
export function copy(text: string) {
  void navigator.clipboard?.writeText(text).catch(() => {})
}
