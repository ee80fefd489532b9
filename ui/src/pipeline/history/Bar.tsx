import { Link } from 'react-router'
import type { RunSummary } from '~/api/schema'
import { Hint } from '~/kit/Hint'
import { runPath } from '~/kit/Links'
import { fillOf, lookOf } from '~/kit/status'
import { absolute, logicalDate } from '~/kit/time'
import { duration } from '~/kit/units'
import classes from './grid.module.css'
import { secondsOf } from './history'

type Props = { run: RunSummary; now: number; longest: number; last: boolean }

/** How long one run took, as high as its share of the longest. */
export function Bar({ run, now, longest, last }: Props) {
  const seconds = secondsOf(run, now)
  const took = seconds === undefined ? 'never began' : duration(seconds)
  const label = `${logicalDate(run)}: ${lookOf(run.status).word}, ${took}`
  return (
    <td>
      <Hint label={`${label}; ${absolute(run.created_at)}`}>
        <Link to={runPath(run.id)} className={classes.bar} aria-label={label} data-cell tabIndex={last ? 0 : -1}>
          <span
            className={classes.fill}
            data-status={run.status}
            style={{ height: `${share(seconds ?? 0, longest)}%`, backgroundColor: fillOf(run.status) }}
          />
        </Link>
      </Hint>
    </td>
  )
}

/** The shortest run is still to be seen. */
const share = (seconds: number, longest: number) => Math.max(3, (seconds / longest) * 100).toFixed(1)
