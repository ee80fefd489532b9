/** How teams stand, counted and ordered for the overview. */
import type { Broken, Overview, TeamOverview } from '~/api/schema'

export type Standing = Omit<TeamOverview, 'team'>

const NOTHING: Standing = { pipelines: 0, broken: 0, late: 0, running: 0, queued: 0, paused: 0 }

/** All of them together, or one of them. */
export function standing(teams: TeamOverview[], team?: string): Standing {
  return teams.filter((one) => !team || one.team === team).reduce(add, NOTHING)
}

function add(sum: Standing, one: Standing): Standing {
  return {
    pipelines: sum.pipelines + one.pipelines,
    broken: sum.broken + one.broken,
    late: sum.late + one.late,
    running: sum.running + one.running,
    queued: sum.queued + one.queued,
    paused: sum.paused + one.paused,
  }
}

/** What is known of a team from the overview of all, until its own is here. */
export function ofTeam(whole: Overview, team: string): Overview {
  const isOf = (one: { team: string }) => one.team === team
  return {
    ...whole,
    teams: whole.teams.filter(isOf),
    broken: whole.broken.filter(({ run }) => isOf(run)),
    late: whole.late.filter(isOf),
    running: whole.running.filter(({ run }) => isOf(run)),
    next: whole.next.filter(isOf),
  }
}

/** Those that need somebody first, then by name. */
export function byNeed(teams: TeamOverview[]): TeamOverview[] {
  return [...teams].sort(
    (a, b) => Number(b.broken > 0) - Number(a.broken > 0) || Number(b.late > 0) - Number(a.late > 0) || order(a, b),
  )
}

const order = (a: TeamOverview, b: TeamOverview) => (a.team < b.team ? -1 : 1)

export type Worst = 'broken' | 'late' | 'held back' | 'running' | 'well'

/** What to show of a team in one mark: the worst that there is. */
export function worst(team: Standing, held = 0): Worst {
  if (team.broken > 0) return 'broken'
  if (team.late > 0) return 'late'
  if (held > 0) return 'held back'
  return team.running > 0 ? 'running' : 'well'
}

/** How many pipelines of a team what is broken elsewhere holds back. */
export function heldBack(broken: Broken[], team: string): number {
  const names = broken.flatMap(({ holds_back }) => holds_back.filter((name) => name.startsWith(`${team}/`)))
  return new Set(names).size
}

/** How many log lines the card in this place shows, so that a usual number of cards fits on a screen. */
export function linesOf(place: number, cards: number): number {
  if (cards === 1) return 8
  if (cards === 2) return 5
  return place < 2 ? 3 : 1
}
