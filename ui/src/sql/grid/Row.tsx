import type { VirtualItem } from '@tanstack/react-virtual'
import { memo } from 'react'
import { type Cell, type Row as Cells, inOneLine, lineOf } from '../answer'
import type { TypeClass } from '../types'
import classes from './grid.module.css'
import { WHOLE_ROW } from './moves'
import { cellId } from './places'

/** What of a value is in the page; the rest could not be seen. */
const SEEN = 160

type Props = {
  grid: string
  index: number
  /** In pixels, from the grid's upper edge. */
  top: number
  cells: Cells
  kinds: TypeClass[]
  shown: VirtualItem[]
  numbers: number
  /** The column that is pointed at, if it is of this row. */
  active: number | undefined
}

/** Drawn again when something of it changes, and not whenever somebody scrolls. */
export const Row = memo(({ grid, index, top, cells, kinds, shown, numbers, active }: Props) => (
  <div
    role="row"
    aria-rowindex={index + 2}
    aria-selected={active === WHOLE_ROW}
    data-row={index}
    className={classes.row}
    style={{ top }}
  >
    <div
      id={cellId(grid, { row: index, column: WHOLE_ROW })}
      role="rowheader"
      aria-colindex={1}
      data-column={WHOLE_ROW}
      className={classes.number}
      style={{ width: numbers }}
    >
      {index + 1}
    </div>
    {shown.map(({ index: column, start, size }) => (
      <div
        key={column}
        id={cellId(grid, { row: index, column })}
        role="gridcell"
        aria-colindex={column + 2}
        aria-selected={active === column}
        data-column={column}
        data-kind={kinds[column]}
        className={classes.cell}
        style={{ left: start, width: size }}
      >
        <Value cell={cells[column] ?? null} />
      </div>
    ))}
  </div>
))

/** Nothing at all looks different from a text without letters. */
function Value({ cell }: { cell: Cell }) {
  if (cell === null) return <span className={classes.null}>null</span>
  const text = inOneLine(lineOf(cell))
  return text.length > SEEN ? `${text.slice(0, SEEN)}…` : text
}
