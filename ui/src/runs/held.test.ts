import { expect, it } from 'vitest'
import type { HeldBack, Late, RunSummary } from '~/api/schema'
import { behindOf, type Sight, sayAllHeld, sayHeld, stateOf, statesOf } from './held'
import { plain } from './parts'

const held: HeldBack = { team: 'air', pipeline: 'delays', by: 'sky/weather', day: '2026-02-03', mending: false }
const late = {
  team: 'air',
  pipeline: 'delays',
  kind: 'waiting',
  waiting_for: ['sky/weather'],
  day: '2026-02-03',
} as Late
const sight: Sight = { mayLook: () => true, broken: [] }
const failures = (query: string) => ({
  text: 'failed',
  to: `/runs?team=sky&pipeline=weather&status=FAILED%2CTIMED_OUT${query}`,
})

it('says what it waits for, and of what one may not see no more than the name', () => {
  expect(plain(sayHeld([held], sight))).toBe('Waits for sky/weather for 2026-02-03, which failed')
  expect(plain(sayHeld([{ ...held, day: null, mending: true }], sight))).toBe(
    'Waits for sky/weather, which failed and runs again',
  )
  expect(sayHeld([held], { ...sight, mayLook: () => false })).toEqual([
    'Waits for ',
    'sky/weather',
    ' for 2026-02-03',
    ', of another team',
  ])
})

it('leads to the failure, or to where it is found', () => {
  expect(sayHeld([held], sight)).toContainEqual(failures('&since=2026-02-03&until=2026-02-03'))
  const run = { id: 'r', team: 'sky', pipeline: 'weather', logical_day: '2026-02-03' } as RunSummary
  expect(sayHeld([held], { ...sight, broken: [{ run }] })).toContainEqual({ text: 'failed', to: '/runs/r' })
  const other = [{ run: { ...run, logical_day: '2026-02-04' } }]
  expect(sayHeld([held], { ...sight, broken: other })).toContainEqual(failures('&since=2026-02-03&until=2026-02-03'))
  expect(sayHeld([held, { ...held, day: '2026-02-04' }], { ...sight, broken: other })).toContainEqual(failures(''))
})

it('says days that wait for the same together', () => {
  const days = ['2026-02-05', '2026-02-03', '2026-02-04'].map((day) => ({ ...held, day }))
  expect(plain(sayAllHeld(days, sight))).toBe(
    'Waits for sky/weather for 2026-02-03, 2026-02-04 and 2026-02-05, which failed',
  )
  expect(plain(sayAllHeld([...days, { ...held, day: '2026-02-06' }], sight))).toContain('for 4 days, 2026-02-03 to')
  expect(plain(sayAllHeld([held, { ...held, by: 'sea/tides' }], sight))).toMatch(/which failed; 1 other failed too$/)
})

it('knows whether a pipeline is held back or late', () => {
  const of = (held_back: HeldBack[], name = 'delays') => behindOf({ held_back, late: [late] }, { team: 'air', name })
  expect(stateOf(of([held]))).toBe('HELD_BACK')
  expect(of([held]).late, 'what is late for a failure is told once').toEqual([])
  expect(stateOf(of([{ ...held, by: 'sky/wind' }]))).toBe('HELD_BACK')
  expect(stateOf(of([]))).toBe('LATE')
  expect(stateOf(of([held], 'bulletin'))).toBeUndefined()
  expect(stateOf(behindOf(undefined, { team: 'air', name: 'delays' }))).toBeUndefined()
  expect([...statesOf({ held_back: [held], late: [late] })]).toEqual([['air/delays', 'HELD_BACK']])
  expect([...statesOf({ held_back: [], late: [late] })]).toEqual([['air/delays', 'LATE']])
})
