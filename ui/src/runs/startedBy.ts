/** What started a run, in words. The same kinds as the command line tells, shorter. */
import type { Reason, UsedEvent } from '~/api/schema'
import { runPath, shortId } from '~/kit/Links'
import { lookOf } from '~/kit/status'
import { absolute, clock, logicalDate } from '~/kit/time'
import { listed, type Part } from './parts'

/** `by admin`, `schedule 03:00`, `because flights and weather succeeded`, …, with links to the runs that it speaks of. */
export function sayReason(reason: Reason): Part[] {
  switch (reason.kind) {
    case 'manual':
      return [`by ${reason.by}`]
    case 'schedule':
      return [
        { text: `schedule ${clock(reason.planned_at)}`, title: `${reason.schedule}, ${absolute(reason.planned_at)}` },
      ]
    case 'executions':
      return ['because ', ...happened(reason.events)]
    case 'follow':
      return ['follows ', ...listed(sources(reason.events)), ', again after ', linked(reason.follows)]
    case 'webhook':
      return [`webhook, by ${reason.by}`]
    case 'step':
      return [`step ${reason.step} of `, linked(reason.run)]
    case 'rerun':
      return [`by ${reason.by}, to repeat `, linked(reason.of)]
    default:
      // A newer server may know of more.
      return [String((reason as { kind: string }).kind)]
  }
}

const linked = (run: string): Part => ({ text: shortId(run), to: runPath(run) })

/** `flights and weather succeeded`; each with its own word where they differ. */
function happened(events: UsedEvent[]): Part[] {
  const [first] = events
  if (!first) return ['something happened elsewhere']
  const alike = events.every((event) => event.status === first.status)
  if (!alike) return listed(events.map((event) => link(event, events, ` ${verb(event.status)}`)))
  return [...listed(events.map((event) => link(event, events))), ` ${verb(first.status)}`]
}

function sources(events: UsedEvent[]): Part[] {
  return events.length === 0 ? ['what it waits for'] : events.map((event) => link(event, events))
}

/** The team is named only where two pipelines have the same name. */
function link(event: UsedEvent, among: UsedEvent[], more = ''): Part {
  const twice = among.some((other) => other.pipeline === event.pipeline && other.team !== event.team)
  const name = twice ? `${event.team}/${event.pipeline}` : event.pipeline
  const title = `${event.team}/${event.pipeline}, ${logicalDate(event)}: ${lookOf(event.status).word}`
  return { text: `${name}${more}`, to: runPath(event.run), title }
}

function verb(status: string): string {
  return status === 'RUNNING' ? 'started' : lookOf(status).word
}
