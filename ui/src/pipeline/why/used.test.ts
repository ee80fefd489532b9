import { expect, it } from 'vitest'
import type { RunSummary, UsedEvent } from '~/api/schema'
import { isUsed, lastFirst, usedBy } from './used'

const run = (id: string, day: string, more: Partial<RunSummary> = {}) =>
  ({ id, status: 'SUCCEEDED', logical_day: day, logical_at: `${day}T00:00:00Z`, ...more }) as RunSummary
const started = (by: string[]) =>
  ({ reason: { kind: 'executions', trigger: '1', events: by.map((id) => ({ run: id }) as UsedEvent) } }) as RunSummary

it('what was used is all that started it, for whichever day', () => {
  const used = { events: usedBy(started(['w3', 'f3'])), days: ['2013-02-07', '2013-02-03'], timezone: 'UTC' }
  expect(isUsed(run('w3', '2013-02-03'), ['SUCCEEDED'], used)).toBe(true)
  // The other upstream's newest run is of another day, which has started it before.
  expect(isUsed(run('f7', '2013-02-07'), ['SUCCEEDED'], used)).toBe(true)
  expect(isUsed(run('f8', '2013-02-08'), ['SUCCEEDED'], used)).toBe(false)
  expect(isUsed(run('f7', '2013-02-07', { status: 'FAILED' }), ['SUCCEEDED'], used)).toBe(false)
  expect(usedBy(undefined)).toEqual([])
})

it('a run about an instant is of the day that it is in the zone of the trigger', () => {
  const tick = run('f', '2013-02-07', { logical_day: null, logical_at: '2013-02-08T03:00:00Z' })
  expect(isUsed(tick, ['SUCCEEDED'], { events: [], days: ['2013-02-07'], timezone: 'America/New_York' })).toBe(true)
  expect(isUsed(tick, ['SUCCEEDED'], { events: [], days: ['2013-02-07'], timezone: 'UTC' })).toBe(false)
})

it('what started last comes first, whichever day it is about', () => {
  const fired = ['07', '06', '05', '04', '03'].map((day) => ({ day: `2013-02-${day}`, run: `01-${day}` }))
  const mended = { day: '2013-02-02', run: '02-mended' }
  const days = (list: { day: string }[]) => list.map(({ day }) => day.slice(-2)).join(' ')
  expect(days(lastFirst([...fired, mended], null))).toBe('02 07 06 05 04 03')
  expect(days(lastFirst([...fired, { day: '2013-02-08' }], null))).toBe('07 06 05 04 03 08')
  // The server tells of some days only; the last run is known whichever day it is about.
  const last = { ...run('03-last', '2013-01-01'), ...started(['w']) }
  expect(lastFirst(fired, last)[0]).toEqual({ day: '2013-01-01', run: '03-last' })
  expect(days(lastFirst(fired, { ...last, logical_day: '2013-02-04' }))).toBe('04 07 06 05 03')
})
