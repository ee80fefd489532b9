/** Which runs the server is asked for, of what stands in the address. */
import type { RunStatus } from '~/api/schema'
import { ZONE } from '~/kit/time'

export const STATUSES: RunStatus[] = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']
const DAY = /^\d{4}-\d{2}-\d{2}$/

type Values = Partial<Record<'search' | 'status' | 'team' | 'pipeline' | 'since' | 'until', string>>

/** `FAILED,TIMED_OUT` in the address; what no status is, is left out. */
export function statusesOf(status: string | undefined): RunStatus[] {
  return STATUSES.filter((one) => status?.split(',').includes(one))
}

/** A search for a day finds the runs about that day. Days begin and end where the viewer is. */
export function wanted({ status, search, since, until, ...values }: Values) {
  const statuses = statusesOf(status)
  const day = search && DAY.test(search.trim()) && isDay(search.trim()) ? search.trim() : undefined
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

const isDay = (text: string) => !Number.isNaN(new Date(text).getTime())

// Days that are written like this are in order as texts.
const latest = (a?: string, b?: string) => (a && b ? (a > b ? a : b) : a || b)
const earliest = (a?: string, b?: string) => (a && b ? (a < b ? a : b) : a || b)
