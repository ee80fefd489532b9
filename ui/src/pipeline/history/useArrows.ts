import { type RefObject, useEffect } from 'react'

const MOVES: Record<string, [number, number]> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  Home: [0, Number.NEGATIVE_INFINITY],
  End: [0, Number.POSITIVE_INFINITY],
}

/** One stop for the tab key; within, arrows go from link to link. The link that one was at stays the stop. */
export function useArrows(table: RefObject<HTMLTableElement | null>) {
  useEffect(() => {
    const element = table.current
    const press = (event: KeyboardEvent) => {
      const move = MOVES[event.key]
      const target = element && move && neighbour(element, event.target, move)
      if (!target) return
      event.preventDefault()
      for (const link of element.querySelectorAll<HTMLElement>('[data-cell][tabindex="0"]')) link.tabIndex = -1
      target.tabIndex = 0
      target.focus()
      target.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    }
    element?.addEventListener('keydown', press)
    return () => element?.removeEventListener('keydown', press)
  }, [table])
}

function neighbour(
  table: HTMLTableElement,
  from: EventTarget | null,
  [down, right]: [number, number],
): HTMLElement | undefined {
  const cell = from instanceof Element ? from.closest('td') : null
  const row = cell?.parentElement
  if (!cell || !(row instanceof HTMLTableRowElement)) return undefined
  const rows = [...table.rows].filter((one) => one.querySelector('[data-cell]'))
  const nextRow = rows[rows.indexOf(row) + down] ?? row
  const column = Math.min(Math.max(cell.cellIndex + right, 1), nextRow.cells.length - 1)
  return linkFrom(nextRow, column, Math.sign(right))
}

/** Cells without a link, of steps that a run had not, are passed over. */
function linkFrom(row: HTMLTableRowElement, column: number, step: number): HTMLElement | undefined {
  for (let at = column; at > 0 && at < row.cells.length; at += step || row.cells.length) {
    const link = row.cells[at]?.querySelector<HTMLElement>('[data-cell]')
    if (link) return link
  }
  return undefined
}
