/**
 * What can be meant where somebody writes a name: the columns of the tables that the statement reads, and tables by their own name.
 * What stands behind `schema.` or `alias.` CodeMirror's own source knows.
 */
import { quoted, reference } from './names'

/** Schemas, their tables, and the columns of those. */
export type Known = Record<string, Record<string, string[]>>

export type Proposal = { label: string; apply: string; detail: string; type: 'property' | 'class'; boost: number }
export type Proposals = { from: number; options: Proposal[] }

type Table = { name: string; columns: string[] }

/** What is neither name nor sign: texts and comments. */
const SILENT = /'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g
const PART = '(?:"(?:[^"]|"")*"|[\\w]+)'
const NAME = `${PART}(?:\\s*\\.\\s*${PART})*`
/** A table with what else it is called, and more of them behind commas. */
const READ = `${NAME}(?:\\s+(?:as\\s+)?(?!(?:on|where|join|left|right|inner|full|cross|group|order|limit)\\b)${PART})?`
const FROM = new RegExp(`\\b(?:from|join)\\s+(${READ}(?:\\s*,\\s*${READ})*)`, 'gi')
const FIRST = new RegExp(`^${NAME}`)

/** First columns, then tables; only tables where a table is to stand. Columns of a table that is called by its own name are found, too. */
export function proposalsAt(text: string, at: number, known: Known): Proposals | undefined {
  const written = /(?:([\w"]+)\.)?(\w*)$/.exec(text.slice(0, at))
  const [, owner, word = ''] = written ?? []
  const from = at - word.length
  if (quiet(text).slice(from, at) !== word) return undefined
  const statement = statementAround(text, at)
  const read = tablesIn(statement, known)
  if (owner !== undefined) return ownColumns(owner, read, from)
  const toName = /\b(?:from|join)\s+$/i.test(text.slice(0, from))
  const tables = tablesOf(known).map(({ name, columns }) => tableProposal(name, columns, toName))
  return { from, options: toName ? tables : [...columnsOf(read), ...tables] }
}

/** Without the letters of texts and comments, so that all else stays where it is. */
const quiet = (text: string) => text.replace(SILENT, (silent) => ' '.repeat(silent.length))

function statementAround(text: string, at: number): string {
  const silent = quiet(text)
  const end = silent.indexOf(';', at)
  return silent.slice(silent.lastIndexOf(';', at - 1) + 1, end < 0 ? undefined : end)
}

const tablesOf = (known: Known): Table[] =>
  Object.entries(known).flatMap(([schema, tables]) =>
    Object.entries(tables).map(([table, columns]) => ({ name: schema ? `${schema}.${table}` : table, columns })),
  )

/** The tables that a statement names behind FROM and JOIN, as far as they are known. */
export function tablesIn(statement: string, known: Known): Table[] {
  const all = new Map(tablesOf(known).map((table) => [table.name.toLowerCase(), table]))
  const named = [...statement.matchAll(FROM)].flatMap(([, list = '']) => list.split(',').map((one) => one.trim()))
  const keys = new Set(named.map((one) => FIRST.exec(one)?.[0].replaceAll(/["\s]/g, '').toLowerCase() ?? ''))
  return [...keys].flatMap((key) => all.get(key) ?? [])
}

const ownName = (name: string) => name.slice(name.lastIndexOf('.') + 1)

function ownColumns(owner: string, read: Table[], from: number): Proposals | undefined {
  const called = owner.replaceAll('"', '').toLowerCase()
  const options = columnsOf(read.filter(({ name }) => ownName(name).toLowerCase() === called))
  return options.length > 0 ? { from, options } : undefined
}

/** A column that several tables have is proposed once for each, with the table beside it. */
const columnsOf = (read: Table[]): Proposal[] =>
  read.flatMap(({ name, columns }) =>
    columns.map((column) => ({ label: column, apply: quoted(column), detail: name, type: 'property', boost: 90 })),
  )

function tableProposal(name: string, columns: string[], wanted: boolean): Proposal {
  const detail = `${name}, ${columns.length} columns`
  return { label: ownName(name), apply: reference(name), detail, type: 'class', boost: wanted ? 80 : 0 }
}
