/** Which runs the server is asked for, of what stands in the address. */
import type { RunStatus } from '~/api/schema'
import { ZONE } from '~/kit/time'

export const STATUSES: RunStatus[] = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']
const DAY = /^[1-9]\d{3}-\d{2}-\d{2}$/
const MONTH = /^[1-9]\d{3}-\d{2}$/

type Values = Partial<Record<'search' | 'status' | 'team' | 'pipeline' | 'since' | 'until', string>>
type Days = { since?: string | undefined; until?: string | undefined }

/** `FAILED,TIMED_OUT` in the address; what no status is, is left out. */
export function statusesOf(status: string | undefined): RunStatus[] {
  return STATUSES.filter((one) => status?.split(',').includes(one))
}

/** A search with a date in it finds the runs about that date. Days begin and end where the viewer is. */
export function wanted({ status, search, since, until, ...values }: Values) {
  const statuses = statusesOf(status)
  const { text, ...days } = datesIn(search ?? '')
  const from = latest(since, days.since)
  const to = earliest(until, days.until)
  return {
    ...values,
    ...(statuses.length > 0 && { status: statuses }),
    ...(text && { search: text }),
    ...(from && { since: from }),
    ...(to && { until: to }),
    ...((from || to) && { timezone: ZONE }),
  }
}

/** `weather 2013-02-06`, `2013-02 weather`: the days that a search is about, all of them if it names several, and what else is in it. */
export function datesIn(search: string): Days & { text: string } {
  const words = search.trim().split(/\s+/)
  const known = words.map(daysOf)
  const dates = known.filter((days) => days !== undefined)
  const text = words.filter((_, place) => !known[place]).join(' ')
  return {
    text: dates.length > 0 ? text : search,
    since: dates.map(([first]) => first).reduce<string | undefined>(earliest, undefined),
    until: dates.map(([, last]) => last).reduce<string | undefined>(latest, undefined),
  }
}

/** The first and the last day of a date or a month. */
function daysOf(word: string): [first: string, last: string] | undefined {
  if (isPlausibleDay(word)) return [word, word]
  if (!MONTH.test(word) || !isPlausibleDay(`${word}-01`)) return undefined
  const [year, month] = word.split('-').map(Number) as [number, number]
  return [`${word}-01`, new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10)]
}

/** `2013-02-06`: a day that there is. A year has four digits; while it is typed into a date field, it has fewer. */
export function isPlausibleDay(text: string): boolean {
  if (!DAY.test(text)) return false
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}

// Days that are written like this are in order as texts.
const latest = (a?: string, b?: string) => (a && b ? (a > b ? a : b) : a || b)
const earliest = (a?: string, b?: string) => (a && b ? (a < b ? a : b) : a || b)
