import { IconCheck, IconMinus, IconX } from '@tabler/icons-react'
import { Link } from 'react-router'
import type { HistoryStep, RunSummary } from '~/api/schema'
import { Hint } from '~/kit/Hint'
import { runPath } from '~/kit/Links'
import { lookOf } from '~/kit/status'
import { logicalDate } from '~/kit/time'
import { counted, duration } from '~/kit/units'
import classes from './grid.module.css'

/** The shapes that are most often here, drawn for a small square. */
const SMALL: Partial<Record<string, typeof IconX>> = { SUCCEEDED: IconCheck, FAILED: IconX, SKIPPED: IconMinus }

/** How one step ended in one run. */
export function Cell({ run, step }: { run: RunSummary; step: HistoryStep | undefined }) {
  if (!step) return <td className={classes.none} aria-label="no such step" />
  const look = lookOf(step.status)
  const Icon = SMALL[step.status] ?? look.icon
  const label = `${step.name}, ${logicalDate(run)}: ${described(step)}`
  return (
    <td>
      <Hint label={label}>
        <Link
          to={`${runPath(run.id)}?step=${encodeURIComponent(step.name)}`}
          className={classes.cell}
          data-color={look.color}
          data-cell
          tabIndex={-1}
          aria-label={label}
        >
          <Icon size={14} stroke={2.4} aria-hidden />
        </Link>
      </Hint>
    </td>
  )
}

function described({ status, seconds, attempts }: HistoryStep): string {
  const took = typeof seconds === 'number' ? duration(seconds) : undefined
  const tries = attempts > 1 ? counted(attempts, 'attempt') : undefined
  return [lookOf(status).word, took, tries].filter(Boolean).join(', ')
}
