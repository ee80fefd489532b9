/** Where in a statement a mistake is, as far as the server's answer tells. */
import { ApiProblem } from '~/api/problem'

/** Offsets in the text. */
export type Span = { from: number; to: number }

const PLACE = /\bline:? (\d+)(?:,? column:? (\d+))?/i
/** The name that a message is about: `No field named x`, there is no table `raw.x`, `Invalid function 'x'`. */
const NAMED = [/\bfield named ("?[\w."]+)/i, /\b(?:table|function|column) ['"`]([^'"`]+)['"`]/i]

export function spanOf(sql: string, error: unknown): Span | undefined {
  if (!(error instanceof ApiProblem) || error.code !== 'SQL_FAILED') return undefined
  const told = error.mistakes.find(({ line }) => line)
  if (told?.line) return spanAt(sql, told.line, told.column ?? undefined)
  const [, line, column] = PLACE.exec(error.message) ?? []
  if (line) return spanAt(sql, Number(line), column ? Number(column) : undefined)
  return named(sql, error.message)
}

/** The word at a place, or the line. Lines and columns count from 1. */
function spanAt(sql: string, line: number, column: number | undefined): Span | undefined {
  const lines = sql.split('\n')
  const text = lines[line - 1]
  if (text === undefined) return undefined
  const start = lines.slice(0, line - 1).reduce((sum, before) => sum + before.length + 1, 0)
  if (column === undefined) return { from: start, to: start + text.length }
  const from = start + Math.min(Math.max(column - 1, 0), text.length)
  const word = /^[\w.]+|^./.exec(sql.slice(from, start + text.length))?.[0] ?? ''
  return { from, to: from + word.length }
}

/** Where a name stands that the message is about. */
function named(sql: string, message: string): Span | undefined {
  const name = NAMED.map((pattern) => pattern.exec(message)?.[1]).find(Boolean)
  const last = name?.replaceAll('"', '').replace(/\.$/, '').split('.').pop()
  if (!last) return undefined
  const found = new RegExp(`(?<!\\w)${last.replaceAll(/[^\w]/g, '\\$&')}(?!\\w)`, 'i').exec(sql)
  return found ? { from: found.index, to: found.index + found[0].length } : undefined
}

export const lineAt = (sql: string, offset: number) => sql.slice(0, offset).split('\n').length
