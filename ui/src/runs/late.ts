/** Why something is late, in words. */
import type { HeldBack, Late } from '~/api/schema'
import { secondsBetween, upcoming } from '~/kit/time'
import { duration } from '~/kit/units'
import { failurePath, failuresOf, type Sight, teamOf } from './held'
import { listed, type Part, pipelinePart } from './parts'

/** What the sentences are made with, and what is known to have failed. */
export type Known = Sight & { held: HeldBack[] }

/** A sentence; what it waits for is linked, and so is how that failed. */
export function sayLate(late: Late, now: number, known: Known): Part[] {
  const goesOn = roughly(Math.max(late.seconds, secondsBetween(late.since, null, now)))
  switch (late.kind) {
    case 'queued':
      return [
        late.run?.status === 'RUNNING' ? 'A step waits for an agent' : 'Waits for its turn',
        `, for ${goesOn} now`,
      ]
    case 'slower_than_usual':
      return [`Runs for ${goesOn}`, ...usually(late.usual_seconds)]
    case 'missed_tick':
      return [`Should have started ${upcoming(late.since, now)}, while the server was down, and has not since`]
    case 'waiting':
      return ['Waits for ', ...waitedFor(late, known), ...ready(late, goesOn)]
    default:
      return [`Late for ${goesOn}`]
  }
}

/** Nobody needs seconds of what takes minutes. */
const roughly = (seconds: number) => duration(seconds < 60 ? seconds : seconds - (seconds % 60))

/** `weather, which failed`; of several, `flights and weather (failed)`. Of what one may not see, nothing but the name is told. */
function waitedFor(late: Late, known: Known): Part[] {
  const failures = failuresOf(late, known.held)
  const named = late.waiting_for.map((name) => (known.mayLook(teamOf(name)) ? pipelinePart(name, late.team) : name))
  const failed = named.map((_, place) => failedPart(failures[place], known))
  const [only] = failed
  if (named.length === 1 && only) return [...named, ', which ', ...only]
  return listed(named).flatMap((part) => {
    const how = failed[named.indexOf(part)]
    return how ? [part, ' (', ...how, ')'] : [part]
  })
}

function failedPart(failure: HeldBack | undefined, { mayLook, broken }: Known): Part[] | undefined {
  if (!failure || !mayLook(teamOf(failure.by))) return undefined
  return [{ text: 'failed', to: failurePath([failure], broken) }, failure.mending ? ' and runs again' : '']
}

function usually(seconds: number | null | undefined): Part[] {
  return seconds ? [`; ${duration(seconds)} is usual`] : ['; that is unusual']
}

function ready({ day }: Late, goesOn: string): Part[] {
  return [day ? `, for ${day}` : '', `; the rest has been there for ${goesOn}`]
}
