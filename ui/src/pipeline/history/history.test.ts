import { expect, test } from 'vitest'
import type { HistoryRun, PipelineHistory, RunSummary } from '~/api/schema'
import { History, headOf, secondsOf } from './history'

const run = (id: string, more: Partial<RunSummary> = {}) =>
  ({
    id,
    logical_at: '2013-01-03T08:00:00Z',
    created_at: '2026-11-21T08:00:00.123456Z',
    started_at: '2026-11-21T08:00:00Z',
    ended_at: '2026-11-21T08:00:30Z',
    ...more,
  }) as RunSummary
const item = (id: string): HistoryRun => ({ run: run(id), steps: [] })
const page = (steps: string[], ids: string[], usual?: number): PipelineHistory => ({
  steps,
  items: ids.map(item),
  usual_seconds: usual,
})

test('the newest run is on the right, and no run is shown twice when pages overlap', () => {
  const history = History.of([page(['load'], ['4', '3'], 60), page(['load', 'old'], ['3', '2', '1'])])
  expect(history.runs.map(({ run }) => run.id)).toEqual(['1', '2', '3', '4'])
  expect(history.steps).toEqual(['load', 'old'])
  expect(history.usual).toBe('A run usually takes 1 min.')
})

test('of runs that were made at the same time, the one for the newest date is the newest', () => {
  const of = (id: string, created_at: string, day: string) => ({
    run: run(id, { created_at, logical_at: `${day}T00:00:00Z` }),
    steps: [],
  })
  const items = [
    of('late', '2026-11-21T09:00:00Z', '2013-02-01'),
    of('1st', '2026-11-21T08:00:00.9Z', '2013-02-01'),
    of('3rd', '2026-11-21T08:00:00.5Z', '2013-02-03'),
    of('2nd', '2026-11-21T08:00:00Z', '2013-02-02'),
    of('2nd again', '2026-11-21T08:00:00Z', '2013-02-02'),
  ]
  const { runs } = History.of([{ steps: [], items }])
  expect(runs.map(({ run }) => run.id)).toEqual(['1st', '2nd again', '2nd', '3rd', 'late'])
})

test('bars are as high as the longest of the runs and the usual', () => {
  expect(History.of([page([], ['1'])]).longest(0)).toBe(30)
  expect(History.of([page([], ['1'], 45)]).longest(0)).toBe(45)
  expect(secondsOf(run('1', { started_at: null }), 0)).toBeUndefined()
  expect(secondsOf(run('1', { ended_at: null }), Date.parse('2026-11-21T08:01:00Z'))).toBe(60)
})

test('heads are days, or times', () => {
  expect(headOf(run('1', { logical_day: '2013-01-03' }))).toBe('2013-01-03')
  expect(headOf(run('1'))).toBe('01-03 08:00')
})
