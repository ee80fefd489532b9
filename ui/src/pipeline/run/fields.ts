/** The form of a run, from the definition's parameters. Everything is text here: the server reads texts as the type says. */
import type { Mistake } from '~/api/schema'
import type { Parameter } from '../definition'

export type Typed = Record<string, string>

/** A value as somebody would type it. */
export function asText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

export const hasDefault = ({ default: value }: Parameter) => value !== null && value !== undefined

/** What stands in the fields when the dialog opens: the defaults. */
export function firstValues(parameters: Parameter[]): Typed {
  return Object.fromEntries(parameters.map((parameter) => [parameter.name, asText(parameter.default)]))
}

/**
 * What is sent: what differs from the default. An emptied field is a text without letters if the parameter is a text that has a default,
 * else nothing.
 */
export function valuesToSend(parameters: Parameter[], typed: Typed): Typed {
  const given = parameters.filter((parameter) => {
    const text = typed[parameter.name] ?? ''
    if (text === '') return parameter.type === 'string' && hasDefault(parameter) && parameter.default !== ''
    return text !== asText(parameter.default) || !hasDefault(parameter)
  })
  return Object.fromEntries(given.map(({ name }) => [name, typed[name] ?? '']))
}

export type Sorted = { fields: Record<string, Mistake>; others: Mistake[] }

/** Mistakes of parameters at their fields, and the rest. */
export function sortMistakes(mistakes: Mistake[], parameters: Parameter[]): Sorted {
  const sorted: Sorted = { fields: {}, others: [] }
  for (const mistake of mistakes) {
    const field = parameters.find(({ name }) => mistake.path === `parameters.${name}`)
    if (field) sorted.fields[field.name] = mistake
    else sorted.others.push(mistake)
  }
  return sorted
}

/** `tier=1`, a line each; a line without `=` is a label without a value. */
export function labelsOf(text: string): Record<string, string> {
  const lines = text.split('\n').map((line) => line.trim())
  const pairs = lines.filter((line) => line !== '').map((line) => line.split(/=(.*)/s))
  return Object.fromEntries(pairs.map(([key = '', value = '']) => [key.trim(), value.trim()]))
}

export type About = { kind: 'now' | 'day' | 'instant'; day: string; instant: string }

/** The logical date as the API takes it; the instant was typed in the viewer's zone. */
export function logicalDateOf({ kind, day, instant }: About): string | undefined {
  if (kind === 'day' && day) return day
  if (kind !== 'instant' || !instant) return undefined
  const at = new Date(instant)
  return Number.isNaN(at.getTime()) ? instant : at.toISOString()
}

/** Good once. `crypto.randomUUID` is missing on pages that came without TLS. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
