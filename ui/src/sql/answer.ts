/** What a query answered, with its numbers as the server wrote them. */
import type { SqlColumn } from '~/api/schema'

/** A number that JavaScript would change, such as `9007199254740993` or `10.50`, is text here; so the class of a column is asked of its type. */
export type Cell = null | boolean | number | string | object
export type Row = Cell[]
export type Answer = { columns: SqlColumn[]; rows: Row[]; truncated: boolean }

/** A text with whatever is in it, or a number. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs

export function parseAnswer(json: string): Answer {
  return JSON.parse(json.replace(TOKEN, exact)) as Answer
}

function exact(token: string): string {
  return token.startsWith('"') || String(Number(token)) === token ? token : `"${token}"`
}

/** As it is copied, and shown where there is room for all of it. */
export function textOf(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return ''
  return typeof cell === 'object' ? JSON.stringify(cell, null, 2) : String(cell)
}

/** On one line. */
export function lineOf(cell: Cell | undefined): string {
  return typeof cell === 'object' && cell !== null ? JSON.stringify(cell) : textOf(cell)
}

/** With a mark where a line ends, as there is room for one line only. */
export const inOneLine = (text: string) => text.replaceAll(/\r\n|[\r\n]/g, '⏎')

/** What a spreadsheet takes as one row: a value with a tab, a quote or the end of a line in it stands in quotes. */
export function tabbed(row: Row): string {
  return row.map((cell) => guarded(lineOf(cell))).join('\t')
}

const guarded = (text: string) => (/["\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
