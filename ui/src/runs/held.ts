/** That a pipeline waits for what failed, or is late, however its last run has ended. Pure: what is said is tested without a page. */
import type { Broken, HeldBack, Late, Overview } from '~/api/schema'
import { groupBy } from '~/kit/groupBy'
import { runPath } from '~/kit/Links'
import { counted } from '~/kit/units'
import { daysInWords } from './days'
import { type Part, pipelinePart } from './parts'
import { failuresPath } from './paths'

/** What the sentences are made with: whose failures one may look at, and those that are known to the page. */
export type Sight = { mayLook: (team: string) => boolean; broken: Pick<Broken, 'run'>[] }

type Name = { team: string; name: string }
export type Behind = { held: HeldBack[]; late: Late[] }
/** A state beside those of runs. */
export type BehindState = 'HELD_BACK' | 'LATE'

/** Of one pipeline: what holds it back, and what else of it is late. */
export function behindOf(overview: Pick<Overview, 'held_back' | 'late'> | undefined, { team, name }: Name): Behind {
  const isOfIt = (one: { team: string; pipeline: string }) => one.team === team && one.pipeline === name
  const held = overview?.held_back?.filter(isOfIt) ?? []
  const late = overview?.late.filter(isOfIt) ?? []
  return { held, late: late.filter((one) => !failuresOf(one, held).some(Boolean)) }
}

/** None of what waits for nothing. */
export function stateOf({ held, late }: Behind): BehindState | undefined {
  if (held.length > 0) return 'HELD_BACK'
  return late.length > 0 ? 'LATE' : undefined
}

/** The states of all pipelines that have one, by their full names. */
export function statesOf(overview: Pick<Overview, 'held_back' | 'late'> | undefined): Map<string, BehindState> {
  const named = ({ team, pipeline }: { team: string; pipeline: string }) => `${team}/${pipeline}`
  const late = overview?.late.map((one) => [named(one), 'LATE'] as const) ?? []
  const held = overview?.held_back?.map((one) => [named(one), 'HELD_BACK'] as const) ?? []
  return new Map([...late, ...held])
}

/** Of what something late waits for, in that order: how it failed, if it did. */
export function failuresOf({ team, pipeline, day, waiting_for }: Late, held: HeldBack[]): (HeldBack | undefined)[] {
  const isOfIt = (one: HeldBack) => one.team === team && one.pipeline === pipeline && (one.day ?? '') === (day ?? '')
  return waiting_for.map((by) => held.find((one) => isOfIt(one) && one.by === by))
}

/** A pipeline, and one that it waits for: for several days, perhaps. */
export function heldByOne(held: HeldBack[]): HeldBack[][] {
  return [...groupBy(held, ({ team, pipeline, by }) => `${team}/${pipeline} ${by}`).values()]
}

/** Of one pipeline: `Waits for sky/weather for 2026-02-03, which failed`; what else holds it back is counted. */
export function sayAllHeld(held: HeldBack[], sight: Sight): Part[] {
  const [first, ...others] = heldByOne(held)
  if (!first) return []
  return [...sayHeld(first, sight), others.length > 0 ? `; ${counted(others.length, 'other')} failed too` : '']
}

/** What one waits for of another. Of what one may not see, the name is told and nothing else. */
export function sayHeld(group: HeldBack[], { mayLook, broken }: Sight): Part[] {
  const [first] = group
  if (!first) return []
  const days = group.flatMap(({ day }) => day ?? [])
  const forDays = days.length > 0 ? ` for ${daysInWords(days)}` : ''
  if (!mayLook(teamOf(first.by))) return ['Waits for ', first.by, forDays, ', of another team']
  const again = group.every(({ mending }) => mending) ? ' and runs again' : ''
  return [
    'Waits for ',
    pipelinePart(first.by, first.team),
    forDays,
    ', which ',
    { text: 'failed', to: failurePath(group, broken) },
    again,
  ]
}

export const teamOf = (name: string) => name.slice(0, name.indexOf('/'))

/** The run that failed if it is known, else where it is found. */
export function failurePath(group: HeldBack[], broken: Sight['broken']): string {
  const [{ by, day } = { by: '' }, another] = group
  const [team = '', pipeline = ''] = by.split('/')
  const isIt = ({ run }: Pick<Broken, 'run'>) =>
    run.team === team && run.pipeline === pipeline && (!day || run.logical_day === day)
  const known = another ? undefined : broken.find(isIt)
  return known ? runPath(known.run.id) : failuresPath({ team, pipeline }, another ? undefined : day)
}
