/** What of an answer is drawn. */
import type { Answer, Cell } from '../answer'
import { lineOf } from '../answer'
import { classOf, type TypeClass } from '../types'

/** More could not be told apart. */
export const MOST = 2_000
export const MOST_BARS = 400

export type Point = { label: string; x: number; y: number }
export type Series = { points: Point[]; axis: 'time' | 'number' | 'names'; left: number }

/** Columns by their places; `undefined` if there is nothing to draw. */
export function proposed(columns: Answer['columns']): { x: number; y: number } | undefined {
  const kinds = columns.map(({ type }) => classOf(type))
  const x = firstOf(kinds, ['time', 'text', 'number', 'boolean', 'other'])
  const y = kinds.findIndex((kind, column) => kind === 'number' && column !== x)
  const only = kinds.indexOf('number')
  if (y >= 0) return { x, y }
  return only >= 0 ? { x: only, y: only } : undefined
}

function firstOf(kinds: TypeClass[], wanted: TypeClass[]): number {
  for (const kind of wanted) {
    const column = kinds.indexOf(kind)
    if (column >= 0) return column
  }
  return 0
}

/** Points in the order of the rows; a line is drawn in the order of its times or numbers. */
export function seriesOf({ columns, rows }: Answer, x: number, y: number, kind: 'bar' | 'line'): Series {
  const type = classOf(columns[x]?.type ?? '')
  const along = kind === 'line' && (type === 'time' || type === 'number') ? type : 'names'
  const most = kind === 'bar' ? MOST_BARS : MOST
  const points: Point[] = []
  let left = 0
  for (const row of rows) {
    const point = pointOf(row[x] ?? null, row[y] ?? null, along, points.length)
    if (!point) continue
    if (points.length < most) points.push(point)
    else left += 1
  }
  if (along !== 'names') points.sort((a, b) => a.x - b.x)
  return { points, axis: along, left }
}

function pointOf(x: Cell, y: Cell, along: Series['axis'], place: number): Point | undefined {
  const height = y === null ? Number.NaN : Number(y)
  const at = along === 'names' ? place : x === null ? Number.NaN : along === 'time' ? timeOf(x) : Number(x)
  if (!Number.isFinite(height) || !Number.isFinite(at)) return undefined
  return { label: x === null ? 'null' : lineOf(x), x: at, y: height }
}

/** Times without a zone are taken as UTC, whatever the viewer's is: all of them are shifted alike. */
function timeOf(cell: Cell): number {
  const text = lineOf(cell)
  return Date.parse(/T.*(Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`)
}
