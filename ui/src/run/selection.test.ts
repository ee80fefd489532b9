import { describe, expect, it } from 'vitest'
import type { Run, StepRun } from '~/api/schema'
import { selectionOf, statusOf } from './selection'

const step = (name: string, status: string, attempts = 1) =>
  ({
    name,
    status,
    epoch: attempts,
    attempts: Array.from({ length: attempts }, (_, index) => ({ epoch: index + 1, ended_at: null, started_at: null })),
  }) as unknown as StepRun
const run = (...steps: StepRun[]) => ({ steps }) as Run

describe('the step that is looked at', () => {
  it('is what failed, else what runs, else what ran last', () => {
    const chosen = (...steps: StepRun[]) => selectionOf(run(...steps), null, null).step?.name
    expect(chosen(step('a', 'SUCCEEDED'), step('b', 'FAILED'), step('c', 'RUNNING'))).toBe('b')
    expect(chosen(step('a', 'SUCCEEDED'), step('b', 'RUNNING'), step('c', 'WAITING', 0))).toBe('b')
    expect(chosen(step('a', 'SUCCEEDED'), step('b', 'SUCCEEDED'), step('c', 'SKIPPED', 0))).toBe('b')
    expect(chosen(step('a', 'WAITING', 0))).toBe('a')
    expect(chosen()).toBeUndefined()
  })

  it('stays the same until it has ended, whatever else begins', () => {
    const steps = run(step('a', 'FAILED'), step('b', 'RUNNING'), step('c', 'RUNNING'), step('d', 'SUCCEEDED'))
    expect(selectionOf(steps, null, null, 'c').step?.name).toBe('c')
    expect(selectionOf(steps, null, null, 'd').step?.name).toBe('a')
  })

  it('is the one in the address, with its newest attempt if it names none', () => {
    const steps = run(step('a', 'FAILED'), step('b', 'SUCCEEDED', 3))
    expect(selectionOf(steps, 'b', null)).toMatchObject({ step: { name: 'b' }, attempt: { epoch: 3 } })
    expect(selectionOf(steps, 'b', '2')).toMatchObject({ attempt: { epoch: 2 } })
    expect(selectionOf(steps, 'b', '9')).toMatchObject({ attempt: { epoch: 3 } })
    expect(selectionOf(steps, 'gone', '1')).toMatchObject({ step: { name: 'a' } })
  })
})

describe('an attempt', () => {
  it('that is not the newest has a status of its own', () => {
    const tried = step('a', 'SUCCEEDED', 2)
    const first = { ...tried.attempts[0], ended_at: 'then', error: { code: 'STEP_FAILED', message: '' } } as never
    expect(statusOf(tried, first)).toBe('FAILED')
    expect(statusOf(tried, { ...tried.attempts[1] } as never)).toBe('SUCCEEDED')
  })
})
