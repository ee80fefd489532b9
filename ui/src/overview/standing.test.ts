import { describe, expect, it } from 'vitest'
import type { HeldBack, Late, Overview, TeamOverview } from '~/api/schema'
import { byNeed, heldBack, heldElsewhere, linesOf, ofTeam, standing, worst } from './standing'

const none = { pipelines: 1, broken: 0, late: 0, running: 0, queued: 0, paused: 0 }
const TEAMS: TeamOverview[] = [
  { team: 'air', ...none, running: 2 },
  { team: 'land', ...none, late: 1 },
  { team: 'sea', ...none, broken: 3, queued: 1 },
  { team: 'sky', ...none, late: 2 },
]

const held = (team: string, pipeline: string, more: Partial<HeldBack> = {}): HeldBack => ({
  team,
  pipeline,
  by: 'sky/x',
  mending: false,
  ...more,
})

describe('how teams stand', () => {
  it('is counted for all or for one', () => {
    expect(standing(TEAMS)).toEqual({ pipelines: 4, broken: 3, late: 3, running: 2, queued: 1, paused: 0 })
    expect(standing(TEAMS, 'land')).toEqual({ ...none, late: 1 })
    expect(standing(TEAMS, 'nobody').pipelines).toBe(0)
  })

  it('is narrowed to what belongs to one', () => {
    const next = TEAMS.map(({ team }) => ({ team, pipeline: 'x', pipeline_id: 'x', at: '', meaning: '' }))
    const whole: Overview = {
      environment: 'prod',
      at: '',
      teams: TEAMS,
      broken: [],
      held_back: [held('sea', 'a'), held('air', 'a')],
      late: [],
      running: [],
      next,
      hours: [],
    }
    const sea = ofTeam(whole, 'sea')
    expect([sea.teams.length, sea.next.map(({ team }) => team)]).toEqual([1, ['sea']])
    expect(sea.held_back?.map(({ team }) => team)).toEqual(['sea'])
  })

  it('puts those that need somebody first', () => {
    expect(byNeed(TEAMS).map(({ team }) => team)).toEqual(['sea', 'land', 'sky', 'air'])
    const more = [{ team: 'a', ...none }, { team: 'z', ...none }, ...TEAMS]
    expect(byNeed(more, [held('z', 'x')]).map(({ team }) => team)).toEqual(['sea', 'land', 'sky', 'z', 'a', 'air'])
    expect(TEAMS.map((team) => worst(team))).toEqual([
      ['running', 2],
      ['late', 1],
      ['broken', 3],
      ['late', 2],
    ])
    expect([worst(none), worst({ ...none, queued: 1 })]).toEqual([
      ['well', 0],
      ['queued', 1],
    ])
  })

  it('counts as held back the pipelines that wait for what failed', () => {
    const waits = [held('air', 'a'), held('air', 'a', { by: 'land/x' }), held('air', 'b'), held('sea', 'b')]
    expect(['air', 'sea', 'land'].map((team) => heldBack(waits, team))).toEqual([2, 1, 0])
    expect([worst({ ...none, running: 1 }, 1), worst({ ...none, late: 1 }, 1)]).toEqual([
      ['held back', 1],
      ['late', 1],
    ])
  })

  it('tells what waits for a failure that is told nowhere else', () => {
    const waits = [held('air', 'a'), held('air', 'b', { day: '2026-02-03' }), held('air', 'b', { day: '2026-02-04' })]
    const late = { team: 'air', pipeline: 'b', waiting_for: ['sky/x'], day: '2026-02-03' } as Late
    const none = { broken: [], held_back: waits, late: [] }
    expect(heldElsewhere(none)).toEqual(waits)
    expect(heldElsewhere({ ...none, late: [late] })).toEqual([waits[0], waits[2]])
    const broken = [{ run: { team: 'sky', pipeline: 'x' } }] as Overview['broken']
    expect(heldElsewhere({ ...none, broken })).toEqual([])
  })

  it('shows fewer lines of each the more there are', () => {
    const lines = (cards: number) => Array.from({ length: cards }, (_, place) => linesOf(place, cards))
    expect([1, 2, 4].map(lines)).toEqual([[8], [5, 5], [3, 3, 1, 1]])
  })
})
