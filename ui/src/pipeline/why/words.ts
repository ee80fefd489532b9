/** Why a pipeline has not run, in sentences. */
import type { ExpressionView, TickOutcome, TriggerView, Waiting, Why } from '~/api/schema'
import { groupBy } from '~/kit/groupBy'
import { lookOf } from '~/kit/status'
import { counted, duration } from '~/kit/units'
import { daysInWords } from '~/runs/days'
import type { About } from './Instead'

export const OUTCOMES: Record<TickOutcome, string> = {
  FIRED: 'started a run',
  CAUGHT_UP: 'passed while the server was down; started a run afterwards',
  MISSED_DOWN: 'passed while the server was down',
  SKIPPED_PAUSED: 'passed while paused',
  SKIPPED_OVERLAP: 'skipped: the one before was still running',
  REJECTED: 'refused: the one before was still running',
}

const PARTICIPLES: Record<string, string> = { RUNNING: 'started' }

/** `succeeded`, `failed or timed out`, `started`: what an upstream run has to have done. */
export function statusesInWords(statuses: string[]): string {
  return joined(
    statuses.map((status) => PARTICIPLES[status] ?? lookOf(status).word),
    'or',
  )
}

export function joined(parts: string[], word: 'and' | 'or'): string {
  const last = parts[parts.length - 1] ?? ''
  if (parts.length < 2) return last
  return `${parts.slice(0, -1).join(', ')} ${word} ${last}`
}

/** What of an expression is not met yet: `weather/weather and either a/b or c/d`; nothing if it is. */
export function missing(expression: ExpressionView): string {
  if (expression.met) return ''
  if (expression.kind === 'is') return one(expression)
  if (expression.kind === 'all') return joined(expression.parts.map(missing).filter(Boolean), 'and')
  const parts = alternatives(expression).map(missing)
  return parts.length > 1 ? `either ${joined(parts, 'or')}` : joined(parts, 'or')
}

/** An `any of` within an `any of` is one. */
function alternatives(expression: ExpressionView): ExpressionView[] {
  return expression.kind === 'any' ? expression.parts.flatMap(alternatives) : [expression]
}

function one({ team, pipeline, statuses, exists }: Extract<ExpressionView, { kind: 'is' }>): string {
  const usual = statuses.length === 1 && statuses[0] === 'SUCCEEDED'
  const more = [usual ? '' : statusesInWords(statuses), exists ? '' : 'not deployed'].filter(Boolean).join('; ')
  return `${team}/${pipeline}${more && ` (${more})`}`
}

/** `21600s` as the server has it → `6 h`. */
export function span(within: string): string {
  const seconds = /^(\d+)s$/.exec(within)?.[1]
  return seconds ? duration(Number(seconds)) : within
}

/** `1 of 2 so far`; nothing has to be counted where there is only one. */
export function countOfMet(parts: ExpressionView[]): string {
  const met = parts.filter((part) => part.met).length
  if (parts.length < 2) return ''
  return met === 0 ? 'none so far' : `${met} of ${parts.length} so far`
}

type Verdict = { met: boolean; statuses: string[]; team: string; pipeline: string }

/** `has succeeded`, `has not succeeded for 2013-02-11 yet`, `has not succeeded again yet`: after the name of a pipeline. */
export function verdict(
  { met, statuses, team, pipeline }: Verdict,
  { day, used }: Pick<About, 'day' | 'used'>,
): string {
  const deed = statusesInWords(statuses)
  if (met) return `has ${deed}`
  if (day) return `has not ${deed} for ${day} yet`
  const before = used.events.some((event) => event.team === team && event.pipeline === pipeline)
  return `has not ${deed}${before ? ' again' : ''} yet`
}

/** What is asked above the sentences. */
export function heading(why: Why): string {
  if (sentences(why).length === 0) return 'What starts it'
  const isHeld = why.paused || why.queued.length > 0
  const waiting = why.triggers.flatMap((trigger) => (trigger.kind === 'executions' ? trigger.waiting : []))
  const days = waiting.flatMap(({ day }) => day ?? [])
  if (!isHeld && why.last_run && waiting.length > 0 && days.length === 0) return 'What it waits for next'
  return days.length === 1 && !isHeld ? `Why has it not run for ${days[0]}?` : 'Why has it not run?'
}

/** The sentences that answer the question, the most decisive first. */
export function sentences(why: Why): string[] {
  const said: string[] = []
  if (why.paused) said.push('It is paused: nothing starts it until somebody resumes it.')
  if (why.queued.length > 0) said.push(waitsForPlace(why))
  for (const trigger of why.triggers) said.push(...ofTrigger(trigger, why))
  return said
}

function waitsForPlace({ queued, active }: Why): string {
  const busy =
    active.length > 0
      ? ` while ${counted(active.length, 'run')} ${active.length === 1 ? 'has' : 'have'} the places`
      : ''
  return `${counted(queued.length, 'run')} ${queued.length === 1 ? 'waits' : 'wait'} for a free place${busy}.`
}

function ofTrigger(trigger: TriggerView, { paused, last_run }: Why): string[] {
  if (trigger.kind === 'schedule' && trigger.next.length === 0 && !paused)
    return ['Schedules are off in this environment.']
  if (trigger.kind !== 'executions') return []
  const next = !last_run
    ? 'It still waits'
    : trigger.within === 'day'
      ? 'For the next day it waits'
      : 'To start again it waits'
  return ofWaiting(trigger.waiting, next)
}

/** Days that wait for the same are one sentence; `next` begins that about no day. */
function ofWaiting(waiting: Waiting[], next: string): string[] {
  const groups = groupBy(waiting, ({ expression }) => missing(expression))
  groups.delete('')
  return [...groups].map(([what, group]) => `${daysOf(group) ?? next} for ${what}.`)
}

function daysOf(waiting: Waiting[]): string | undefined {
  const days = waiting.flatMap(({ day }) => day ?? [])
  if (days.length === 0) return undefined
  return `For ${daysInWords(days)}${days.length > 3 ? ',' : ''} it still waits`
}
