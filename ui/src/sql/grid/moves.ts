/** Where keys lead in a grid. The column before the first is the row as a whole. */

export type Place = { row: number; column: number }
export type Size = { rows: number; columns: number; page: number }

export const WHOLE_ROW = -1

/** Where a key leads; nothing if it leads nowhere. */
export function moved(at: Place, key: string, far: boolean, { rows, columns, page }: Size): Place | undefined {
  const { row, column } = at
  const to: Record<string, Place> = {
    ArrowDown: { row: row + 1, column },
    ArrowUp: { row: row - 1, column },
    ArrowRight: { row, column: column + 1 },
    ArrowLeft: { row, column: column - 1 },
    PageDown: { row: row + page, column },
    PageUp: { row: row - page, column },
    Home: far ? { row: 0, column: 0 } : { row, column: 0 },
    End: far ? { row: rows - 1, column: columns - 1 } : { row, column: columns - 1 },
  }
  const there = to[key]
  return there && { row: within(there.row, 0, rows - 1), column: within(there.column, WHOLE_ROW, columns - 1) }
}

const within = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value))
