import type { Place } from './moves'

/** Names a cell among all that are in the page. */
export const cellId = (grid: string, { row, column }: Place) => `${grid}-${row}-${column}`

/** The cell that was pointed at. */
export function placeOf(target: EventTarget): Place | undefined {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-column]') : null
  const row = cell?.closest<HTMLElement>('[data-row]')
  if (!cell || !row) return undefined
  return { row: Number(row.dataset.row), column: Number(cell.dataset.column) }
}
