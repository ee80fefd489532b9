import { describe, expect, it } from 'vitest'
import type { Reason, UsedEvent } from '~/api/schema'
import { plain } from './parts'
import { sayReason } from './startedBy'

const trigger = '01900000-0000-7000-8000-000000000001'
const run = '01900000-0000-7000-8000-0000deadbeef'

function event(pipeline: string, status: UsedEvent['status'] = 'SUCCEEDED', team = 'air'): UsedEvent {
  const at = '2026-02-03T03:01:00Z'
  return {
    id: `${team}-${pipeline}`,
    run: `run-of-${pipeline}`,
    team,
    pipeline,
    status,
    at,
    logical_at: at,
    logical_day: '2026-02-03',
  }
}

const executions = (...events: UsedEvent[]): Reason => ({ kind: 'executions', trigger, events })
const said = (reason: Reason) => plain(sayReason(reason))

describe('what started a run', () => {
  it('names who or what', () => {
    expect(said({ kind: 'manual', by: 'admin' })).toBe('by admin')
    expect(said({ kind: 'webhook', by: 'github' })).toBe('webhook, by github')
    expect(said({ kind: 'schedule', trigger, planned_at: '2026-02-03T03:00:00Z', schedule: '0 3 * * *' })).toMatch(
      /^schedule \d\d:00$/,
    )
  })

  it('links the runs that it speaks of', () => {
    expect(sayReason({ kind: 'step', run, step: 'call' })).toEqual([
      'step call of ',
      { text: 'deadbeef', to: `/runs/${run}` },
    ])
    expect(said({ kind: 'rerun', of: run, by: 'ann' })).toBe('by ann, to repeat deadbeef')
    expect(sayReason(executions(event('flights')))).toContainEqual(
      expect.objectContaining({ text: 'flights', to: '/runs/run-of-flights' }),
    )
  })

  it('says once what several pipelines have in common', () => {
    expect(said(executions(event('flights')))).toBe('because flights succeeded')
    expect(said(executions(event('flights'), event('weather')))).toBe('because flights and weather succeeded')
    expect(said(executions(event('flights'), event('weather', 'TIMED_OUT')))).toBe(
      'because flights succeeded and weather timed out',
    )
    expect(said(executions(event('flights', 'RUNNING')))).toBe('because flights started')
  })

  it('stays short, and tells pipelines of one name apart', () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => event(name))
    expect(said(executions(...many))).toBe('because a, b, c and 3 more succeeded')
    expect(said(executions(event('load'), event('load', 'SUCCEEDED', 'sea')))).toBe(
      'because air/load and sea/load succeeded',
    )
  })

  it('says what a run repeats when it follows another', () => {
    const reason: Reason = { kind: 'follow', trigger, follows: run, events: [event('flights')] }
    expect(said(reason)).toBe('follows flights, again after deadbeef')
    expect(said({ ...reason, events: [] })).toBe('follows what it waits for, again after deadbeef')
  })

  it('shows a kind that it does not know', () => {
    expect(said({ kind: 'moon' } as unknown as Reason)).toBe('moon')
  })
})
