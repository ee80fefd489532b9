import { describe, expect, it } from 'vitest'
import type { HeldBack, Late, RunSummary } from '~/api/schema'
import { type Known, sayLate } from './late'
import { plain } from './parts'

const now = Date.parse('2026-02-03T04:00:00Z')
const late: Late = {
  team: 'air',
  pipeline: 'delays',
  pipeline_id: 'p',
  environment: 'prod',
  kind: 'waiting',
  since: '2026-02-03T03:00:00Z',
  seconds: 3000,
  waiting_for: [],
}
const known: Known = { mayLook: () => true, broken: [], held: [] }
const said = (more: Partial<Late>) => plain(sayLate({ ...late, ...more }, now, known))

describe('why something is late', () => {
  it('names what it waits for, and for which day', () => {
    expect(said({ waiting_for: ['air/flights', 'sky/weather'], day: '2026-02-02' })).toBe(
      'Waits for flights and sky/weather, for 2026-02-02; the rest has been there for 1 h',
    )
    expect(sayLate({ ...late, waiting_for: ['sky/weather'] }, now, known)).toContainEqual({
      text: 'sky/weather',
      to: '/pipelines/sky/weather',
    })
  })

  it('says which of it failed, and where', () => {
    const waits = { ...late, waiting_for: ['sky/weather'], day: '2026-02-02' }
    const failed: HeldBack = { team: 'air', pipeline: 'delays', by: 'sky/weather', day: '2026-02-02', mending: false }
    const run = { id: 'r', team: 'sky', pipeline: 'weather', logical_day: '2026-02-02' } as RunSummary
    const parts = (more: Partial<Late>, also: Partial<Known>) =>
      sayLate({ ...waits, ...more }, now, { ...known, held: [failed], ...also })
    expect(plain(parts({}, {}))).toBe(
      'Waits for sky/weather, which failed, for 2026-02-02; the rest has been there for 1 h',
    )
    expect(parts({}, { broken: [{ run }] })).toContainEqual({ text: 'failed', to: '/runs/r' })
    const both = { waiting_for: ['air/flights', 'sky/weather'] }
    expect(plain(parts(both, { held: [{ ...failed, mending: true }] }))).toMatch(
      /^Waits for flights and sky\/weather \(failed and runs again\), for/,
    )
    expect(plain(parts({ day: '2026-02-03' }, {}))).not.toContain('failed')
    expect(parts({}, { mayLook: (team) => team === 'air' })).toEqual([
      'Waits for ',
      'sky/weather',
      ', for 2026-02-02',
      '; the rest has been there for 1 h',
    ])
  })

  it('tells a run that waits from a step that waits', () => {
    const run = (status: RunSummary['status']) => ({ status }) as RunSummary
    expect(said({ kind: 'queued', run: run('QUEUED') })).toBe('Waits for its turn, for 1 h now')
    expect(said({ kind: 'queued', run: run('RUNNING') })).toBe('A step waits for an agent, for 1 h now')
  })

  it('compares with what is usual', () => {
    expect(said({ kind: 'slower_than_usual', usual_seconds: 600 })).toBe('Runs for 1 h; 10 min is usual')
    expect(said({ kind: 'slower_than_usual', seconds: 3629 })).toMatch(/^Runs for 1 h;/)
    expect(said({ kind: 'slower_than_usual' })).toBe('Runs for 1 h; that is unusual')
  })

  it('says when it should have started', () => {
    expect(said({ kind: 'missed_tick' })).toMatch(/^Should have started today \d\d:00, while the server was down/)
  })

  it('knows of no other reason, and still says for how long', () => {
    expect(said({ kind: 'moon' as Late['kind'] })).toBe('Late for 1 h')
  })
})
