import { describe, expect, it } from 'vitest'
import type { Broken, Overview, TeamOverview } from '~/api/schema'
import { byNeed, heldBack, linesOf, ofTeam, standing, worst } from './standing'

const none = { pipelines: 1, broken: 0, late: 0, running: 0, queued: 0, paused: 0 }
const TEAMS: TeamOverview[] = [
  { team: 'air', ...none, running: 2 },
  { team: 'land', ...none, late: 1 },
  { team: 'sea', ...none, broken: 3, queued: 1 },
  { team: 'sky', ...none, late: 2 },
]

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
      late: [],
      running: [],
      next,
      hours: [],
    }
    const sea = ofTeam(whole, 'sea')
    expect([sea.teams.length, sea.next.map(({ team }) => team)]).toEqual([1, ['sea']])
  })

  it('puts those that need somebody first', () => {
    expect(byNeed(TEAMS).map(({ team }) => team)).toEqual(['sea', 'land', 'sky', 'air'])
    expect(TEAMS.map(worst)).toEqual(['running', 'late', 'broken', 'late'])
    expect(worst(none)).toBe('well')
  })

  it('counts as held back what waits for another team', () => {
    const broken = [{ holds_back: ['air/a', 'sea/b'] }, { holds_back: ['air/a', 'airy/c'] }] as Broken[]
    expect(['air', 'sea', 'land'].map((team) => heldBack(broken, team))).toEqual([1, 1, 0])
    expect([worst(none, 1), worst({ ...none, running: 1 }, 1), worst({ ...none, late: 1 }, 1)]).toEqual([
      'held back',
      'held back',
      'late',
    ])
  })

  it('shows fewer lines of each the more there are', () => {
    const lines = (cards: number) => Array.from({ length: cards }, (_, place) => linesOf(place, cards))
    expect([1, 2, 4].map(lines)).toEqual([[8], [5, 5], [3, 3, 1, 1]])
  })
})
