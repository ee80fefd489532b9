/** Whose failure may be why a pipeline waits. */
import type { ExpressionView, Why } from '~/api/schema'

/** A pipeline that has not done yet what is waited for: for a day, or at all. */
export type Suspect = { team: string; pipeline: string; day: string | null }

/** More than these would not be read. */
const FEW = 3

export function culpritsOf({ triggers }: Why): Suspect[] {
  const waiting = triggers.flatMap((trigger) => (trigger.kind === 'executions' ? trigger.waiting : []))
  return waiting.flatMap(({ day, expression }) => unmet(expression, day ?? null)).slice(0, FEW)
}

/** Who waits for a failure is not helped by hearing of one. */
function unmet(expression: ExpressionView, day: string | null): Suspect[] {
  if (expression.met) return []
  if (expression.kind !== 'is') return expression.parts.flatMap((part) => unmet(part, day))
  const { team, pipeline, exists, statuses } = expression
  return exists && !statuses.includes('FAILED') ? [{ team, pipeline, day }] : []
}
