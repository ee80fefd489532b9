import { useLayoutEffect, useRef } from 'react'
import type { HistoryRun } from '~/api/schema'
import { useNow } from '~/kit/now'
import { duration } from '~/kit/units'
import { Bar } from './Bar'
import { Cell } from './Cell'
import classes from './grid.module.css'
import { type History, headOf, stepOf } from './history'
import { useArrows } from './useArrows'

/** Steps by runs, the newest on the right, and above each run how long it took. Arrow keys go from cell to cell. */
export function Grid({ history }: { history: History }) {
  const now = useNow()
  const box = useNewestInSight(history.runs[0]?.run.id)
  const table = useRef<HTMLTableElement>(null)
  useArrows(table)
  return (
    <div ref={box} className={classes.box}>
      <table ref={table} className={classes.grid} aria-label="Runs and steps">
        <thead>
          <Bars history={history} now={now} />
          <tr>
            <th scope="col" className={classes.name}>
              Logical date
            </th>
            {history.runs.map(({ run }) => (
              <th key={run.id} scope="col" className={classes.date}>
                <span>{headOf(run)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {history.steps.map((step) => (
            <Row key={step} step={step} runs={history.runs} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Bars({ history, now }: { history: History; now: number }) {
  const { runs, usualSeconds } = history
  const longest = history.longest(now)
  const usual = usualSeconds === undefined ? undefined : `${((usualSeconds / longest) * 100).toFixed(1)}%`
  return (
    <tr className={classes.bars} style={{ '--usual': usual } as React.CSSProperties} data-usual={usual !== undefined}>
      <th scope="row" className={classes.name}>
        <span className={classes.scale}>
          <span>{duration(longest)}</span>
          <span>Duration</span>
        </span>
      </th>
      {runs.map(({ run }, column) => (
        <Bar key={run.id} run={run} now={now} longest={longest} last={column === runs.length - 1} />
      ))}
    </tr>
  )
}

function Row({ step, runs }: { step: string; runs: HistoryRun[] }) {
  return (
    <tr>
      <th scope="row" className={classes.name} title={step}>
        {step}
      </th>
      {runs.map((item) => (
        <Cell key={item.run.id} run={item.run} step={stepOf(item, step)} />
      ))}
    </tr>
  )
}

/** Begins at the newest run; when older ones come in on the left, what was in sight stays where it is. */
function useNewestInSight(oldest: string | undefined) {
  const box = useRef<HTMLDivElement>(null)
  const width = useRef(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the oldest run is another has the table grown to the left
  useLayoutEffect(() => {
    if (!box.current) return
    box.current.scrollLeft += box.current.scrollWidth - width.current
    width.current = box.current.scrollWidth
  }, [oldest])
  return box
}
