/** Which runs the server is asked for, of what stands in the address. */
import type { RunStatus } from '~/api/schema'
import { ZONE } from '~/kit/time'

export const STATUSES: RunStatus[] = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']
const DAY = /^[1-9]\d{3}-\d{2}-\d{2}$/

type Values = Partial<Record<'search' | 'status' | 'team' | 'pipeline' | 'since' | 'until', string>>

/** `FAILED,TIMED_OUT` in the address; what no status is, is left out. */
export function statusesOf(status: string | undefined): RunStatus[] {
  return STATUSES.filter((one) => status?.split(',').includes(one))
}

/** A search for a day finds the runs about that day. Days begin and end where the viewer is. */
export function wanted({ status, search, since, until, ...values }: Values) {
  const statuses = statusesOf(status)
  const day = search && isPlausibleDay(search.trim()) ? search.trim() : undefined
  const from = latest(since, day)
  const to = earliest(until, day)
  return {
    ...values,
    ...(statuses.length > 0 && { status: statuses }),
    ...(search && !day && { search }),
    ...(from && { since: from }),
    ...(to && { until: to }),
    ...((from || to) && { timezone: ZONE }),
  }
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
