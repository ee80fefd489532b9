/** How teams stand, counted and ordered for the overview. */
import type { HeldBack, Overview, TeamOverview } from '~/api/schema'

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
    held_back: whole.held_back?.filter(isOf) ?? [],
    late: whole.late.filter(isOf),
    running: whole.running.filter(({ run }) => isOf(run)),
    next: whole.next.filter(isOf),
  }
}

/** Those that need somebody first, then by name. */
export function byNeed(teams: TeamOverview[], held: HeldBack[] = []): TeamOverview[] {
  const need = (team: TeamOverview) => NEEDS.indexOf(worst(team, heldBack(held, team.team))[0])
  return [...teams].sort((a, b) => need(b) - need(a) || order(a, b))
}

/** The others stand after them by name. */
const NEEDS: Worst[] = ['held back', 'late', 'broken']

const order = (a: TeamOverview, b: TeamOverview) => (a.team < b.team ? -1 : 1)

export type Worst = 'broken' | 'late' | 'held back' | 'running' | 'queued' | 'well'

/** What to show of a team in one mark: the worst that there is, and of how much. */
export function worst(team: Standing, held = 0): [Worst, number] {
  if (team.broken > 0) return ['broken', team.broken]
  if (team.late > 0) return ['late', team.late]
  if (held > 0) return ['held back', held]
  if (team.running > 0) return ['running', team.running]
  return team.queued > 0 ? ['queued', team.queued] : ['well', 0]
}

/** How many pipelines of a team wait for what failed. */
export function heldBack(held: HeldBack[], team: string): number {
  return new Set(held.filter((one) => one.team === team).map(({ pipeline }) => pipeline)).size
}

/** What waits for a failure that is not on the page, or is being mended; what is late says so itself. */
export function heldElsewhere({
  broken,
  held_back,
  late,
}: Pick<Overview, 'broken' | 'held_back' | 'late'>): HeldBack[] {
  const shown = new Set(broken.map(({ run }) => `${run.team}/${run.pipeline}`))
  const isLate = ({ team, pipeline, by, day }: HeldBack) =>
    late.some(
      (one) =>
        one.team === team &&
        one.pipeline === pipeline &&
        one.waiting_for.includes(by) &&
        (one.day ?? '') === (day ?? ''),
    )
  return held_back?.filter((one) => !shown.has(one.by) && !isLate(one)) ?? []
}

/** How many log lines the card in this place shows, so that a usual number of cards fits on a screen. */
export function linesOf(place: number, cards: number): number {
  if (cards === 1) return 8
  if (cards === 2) return 5
  return place < 2 ? 3 : 1
}
