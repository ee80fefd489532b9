/**
 * The log of one attempt. Only the lines that are seen are drawn, only those around them are asked for; what is looked for, the
 * line that is pointed to and how lines are shown stand in the address.
 */
import { useEffect, useState } from 'react'
import { useUrl } from '~/kit/useUrl'
import type { Attempt } from './address'
import { Bar } from './Bar'
import { Body } from './Body'
import classes from './log.module.css'
import { neighbour } from './matches'
import { useKeys } from './useKeys'
import { useLog, useMatches } from './useLog'
import { useHeld, usePlace } from './usePlace'
import { usePointer } from './usePointer'
import { useViewport } from './useViewport'
import { WholeLine } from './WholeLine'

export const ROW = 18

type Props = {
  attempt: Attempt
  /** Lines may still come. */
  live: boolean
  /** It has not begun. */
  unstarted: boolean
  /** Of an attempt that is over. */
  lines: number
  /** Its end says why: it is opened there. */
  failed: boolean
}

export function LogView({ attempt, live, unstarted, lines, failed }: Props) {
  const log = useLog(attempt, live, lines)
  const [search] = useUrl('search')
  const wrap = useUrl('wrap', '1')[0] === '1'
  const [time] = useUrl('time')
  const [only] = useUrl('only')
  const { line, isPinned, point, address } = usePointer(attempt)
  const found = useMatches(log.source, search, live)
  const onlyFound = only === '1' && search !== ''
  const row = onlyFound ? rowOf(found.lines, line) : line
  const [whole, setWhole] = useState<number>()

  const { held, setHeld, onScrolled } = useHeld(row, live || failed)
  const count = onlyFound ? found.lines.length : log.count
  const viewport = useViewport({ count, row: ROW, wrap, onScrolled })
  const { toStart, toEnd } = usePlace(held, setHeld, viewport, !onlyFound)
  const following = live && held === 'end'
  const follow = (yes: boolean) => setHeld(yes ? 'end' : undefined)
  // Who has scrolled up reads here, and is not to be led on to the step that runs next.
  const reads = live && held !== 'end'
  useEffect(() => {
    if (reads && !isPinned) point()
  }, [reads, isPinned, point])
  const at = line ?? viewport.top.line - 1
  const step = async (way: 1 | -1) => {
    const isLast = at >= (found.lines.at(-1)?.line ?? -1)
    if (way === 1 && isLast) await found.matches.more()
    const next = neighbour(found.matches.read().lines, at, way)
    if (next !== undefined) point(next)
  }
  useKeys({
    follow: () => live && follow(!following),
    next: () => step(1),
    previous: () => step(-1),
    toStart,
    toEnd,
    ...viewport,
  })

  return (
    <section
      className={classes.log}
      aria-label={`Log of ${attempt.step}, attempt ${attempt.epoch}`}
      data-log
      data-lines={log.count}
    >
      <Bar
        {...{ attempt, live, following, follow, step, toStart, toEnd, found, line, search }}
        tail={log.tail}
        count={log.count}
      />
      <Body
        {...{ log, viewport, found, onlyFound, search, line, live, unstarted, following, address, attempt }}
        pick={point}
        wrap={wrap}
        time={time === '1'}
        onWhole={setWhole}
        resume={toEnd}
      />
      {whole !== undefined && <WholeLine attempt={attempt} line={whole} onClose={() => setWhole(undefined)} />}
    </section>
  )
}

function rowOf(lines: { line: number }[], line: number | undefined): number | undefined {
  const row = lines.findIndex((match) => match.line === line)
  return row < 0 ? undefined : row
}
