import { type SyntheticEvent, useState } from 'react'
import { Link } from 'react-router'
import type { RunSummary } from '~/api/schema'
import { runPath } from './Links'
import { useNow } from './now'
import { fillOf, lookOf } from './status'
import classes from './strip.module.css'
import { Tip } from './Tip'
import { ago, logicalDate, secondsBetween } from './time'
import { duration } from './units'

type Props = { /** Newest first, as the API has them. */ runs: RunSummary[]; height?: number; places?: number }

/** The last runs, the newest on the right: colour and shape say how each ended, height how long it took. */
export function RunStrip({ runs, height = 28, places = 10 }: Props) {
  const now = useNow()
  const shown = runs.slice(0, places).reverse()
  const longest = Math.max(...shown.map((run) => secondsOf(run, now)), 0.001)
  const { pointed, ...pointing } = usePointed()
  return (
    <div className={classes.strip} style={{ height }} {...pointing}>
      {Array.from({ length: places - shown.length }, (_, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: empty places are all the same
        <span key={place} className={classes.none} />
      ))}
      {shown.map((run) => (
        <Bar key={run.id} run={run} now={now} share={secondsOf(run, now) / longest} />
      ))}
      <Tip at={pointed} label={pointed?.getAttribute('aria-label') ?? null} />
    </div>
  )
}

/** The link that is pointed at. One tooltip for all of them: a list has hundreds, and each tooltip costs more than its bar. */
function usePointed() {
  const [pointed, setPointed] = useState<HTMLElement | null>(null)
  const point = (event: SyntheticEvent<HTMLElement>) =>
    setPointed(event.target instanceof HTMLElement ? event.target.closest('a') : null)
  const leave = () => setPointed(null)
  return { pointed, onMouseOver: point, onFocus: point, onMouseLeave: leave, onBlur: leave }
}

function secondsOf(run: RunSummary, now: number): number {
  return run.started_at ? Math.max(0, secondsBetween(run.started_at, run.ended_at, now)) : 0
}

function Bar({ run, now, share }: { run: RunSummary; now: number; share: number }) {
  const took = run.started_at ? `, ${duration(secondsOf(run, now))}` : ''
  const label = `${logicalDate(run)}: ${lookOf(run.status).word}${took}, ${ago(run.created_at, now)}`
  return (
    <Link to={runPath(run.id)} aria-label={label} className={classes.bar} data-status={run.status}>
      <span
        className={classes.fill}
        data-status={run.status}
        style={{ height: `${Math.round(22 + 78 * share)}%`, backgroundColor: fillOf(run.status) }}
      />
    </Link>
  )
}
