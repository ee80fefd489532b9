/** Why something is late, in words. */
import type { Late } from '~/api/schema'
import { secondsBetween, upcoming } from '~/kit/time'
import { duration } from '~/kit/units'
import { listed, type Part, pipelinePart } from '~/runs/parts'

/** A sentence; what it waits for is linked. */
export function sayLate(late: Late, now: number): Part[] {
  const goesOn = duration(Math.max(late.seconds, secondsBetween(late.since, null, now)))
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
      return [
        'Waits for ',
        ...listed(late.waiting_for.map((name) => pipelinePart(name, late.team))),
        ...ready(late, goesOn),
      ]
    default:
      return [`Late for ${goesOn}`]
  }
}

function usually(seconds: number | null | undefined): Part[] {
  return seconds ? [`; ${duration(seconds)} is usual`] : ['; that is unusual']
}

function ready({ day }: Late, goesOn: string): Part[] {
  return [day ? `, for ${day}` : '', `; the rest has been there for ${goesOn}`]
}
