/** Models and tests in one list: what did not pass comes first. */
import type { BadRows, CheckStatus, StepChecks } from '~/api/schema'
import { counted } from '~/kit/units'

export type Line = {
  what: 'model' | 'test'
  name: string
  file: string
  status: CheckStatus
  rows: number | null
  seconds: number
  sql: string | null
  message: string | null
  found: BadRows | null
  /** The models that a test reads. */
  of: string[]
}

const FIRST: CheckStatus[] = ['broken', 'failed', 'warned', 'skipped', 'passed']

export function linesOf({ models, tests }: StepChecks): Line[] {
  const lines: Line[] = [
    ...models.map(({ table, milliseconds, ...model }) => ({
      ...rest(model),
      what: 'model' as const,
      name: table,
      seconds: milliseconds / 1000,
      found: null,
      of: [],
    })),
    ...tests.map(({ name, milliseconds, bad_rows, of, ...test }) => ({
      ...rest(test),
      what: 'test' as const,
      name,
      seconds: milliseconds / 1000,
      found: bad_rows ?? null,
      of,
    })),
  ]
  return lines.sort((a, b) => FIRST.indexOf(a.status) - FIRST.indexOf(b.status))
}

type Rest = {
  file: string
  status: CheckStatus
  rows?: number | null
  sql?: string | null
  message?: string | null
}

const rest = ({ file, status, rows = null, sql = null, message = null }: Rest) => ({ file, status, rows, sql, message })

/** Two tests may have one name, of other files. */
export const keyOf = ({ what, name, file }: Line) => `${what} ${name} ${file}`

/** Those that have the text in their name, their file or the models that they read. */
export function matching(lines: Line[], search: string): Line[] {
  const text = search.trim().toLowerCase()
  return lines.filter(({ name, file, of }) => [name, file, ...of].some((part) => part.toLowerCase().includes(text)))
}

/** How it stands with all of them, in a sentence. */
export function verdictOf(lines: Line[], ended: boolean, step: string): string {
  const having = (what: Line['what'], ...statuses: CheckStatus[]) =>
    lines.filter((line) => line.what === what && statuses.includes(line.status)).length
  const wrong = [
    told(having('model', 'broken', 'failed'), 'model could not be built', 'models could not be built'),
    told(having('test', 'failed', 'broken'), 'test failed', 'tests failed'),
  ].filter(Boolean)
  const more = [
    told(having('test', 'warned'), 'test warned', 'tests warned'),
    told(lines.filter(({ status }) => status === 'skipped').length, 'was left out', 'were left out'),
  ].filter(Boolean)
  if (!ended)
    return `So far: ${[...wrong, ...more, `${counted(having('model', 'passed'), 'model')} built`].join(', ')}.`
  if (wrong.length > 0) return `The gate is shut: ${[...wrong, ...more].join(', ')}. Step ${step} published nothing.`
  const built = counted(having('model', 'passed'), 'model')
  const tested = having('test', 'passed') > 0 ? ` and ${counted(having('test', 'passed'), 'test')} passed` : ''
  return `${built} built${tested}${more.length > 0 ? `, ${more.join(', ')}` : ''}.`
}

const told = (count: number, one: string, many: string) => (count === 0 ? '' : `${count} ${count === 1 ? one : many}`)
