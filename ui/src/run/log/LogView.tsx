/**
 * The log of one attempt. Only the lines that are seen are drawn, only those around them are asked for; what is looked for, the
 * line that is pointed to and how lines are shown stand in the address.
 */
import { useCallback, useState } from 'react'
import { useLocation } from 'react-router'
import { useUrl } from '~/kit/useUrl'
import type { Attempt } from './address'
import { Bar } from './Bar'
import { Body } from './Body'
import classes from './log.module.css'
import { neighbour } from './matches'
import { useKeys } from './useKeys'
import { useLog, useMatches } from './useLog'
import { useHeld, usePlace } from './usePlace'
import { useViewport } from './useViewport'
import { WholeLine } from './WholeLine'

export const ROW = 18

type Props = {
  attempt: Attempt
  /** Lines may still come. */
  live: boolean
  /** Of an attempt that is over. */
  lines: number
  /** Its end says why: it is opened there. */
  failed: boolean
}

export function LogView({ attempt, live, lines, failed }: Props) {
  const log = useLog(attempt, live, lines)
  const [search] = useUrl('search')
  const wrap = useUrl('wrap', '1')[0] === '1'
  const [time] = useUrl('time')
  const [only] = useUrl('only')
  const [linked, setLinked] = useUrl('line')
  const found = useMatches(log.source, search, live)
  const onlyFound = only === '1' && search !== ''
  const line = Number(linked) > 0 ? Number(linked) - 1 : undefined
  const row = onlyFound ? rowOf(found.lines, line) : line
  const [whole, setWhole] = useState<number>()

  const { held, setHeld, onScrolled } = useHeld(row, live || failed)
  const count = onlyFound ? found.lines.length : log.count
  const viewport = useViewport({ count, row: ROW, wrap, onScrolled })
  const { toStart, toEnd } = usePlace(held, setHeld, viewport)
  const following = live && held === 'end'
  const follow = (yes: boolean) => setHeld(yes ? 'end' : undefined)
  const pick = useCallback((number: number) => setLinked(String(number + 1)), [setLinked])
  const at = line ?? viewport.top.line - 1
  const step = async (way: 1 | -1) => {
    const isLast = at >= (found.lines.at(-1)?.line ?? -1)
    if (way === 1 && isLast) await found.matches.more()
    const next = neighbour(found.matches.read().lines, at, way)
    if (next !== undefined) pick(next)
  }
  useKeys({
    follow: () => live && follow(!following),
    next: () => step(1),
    previous: () => step(-1),
    toStart,
    toEnd,
    ...viewport,
  })
  const address = useLineAddress()

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
        {...{ log, viewport, found, onlyFound, search, line, live, following, address, pick, attempt }}
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

/** This page's address, up to the number of a line. */
function useLineAddress(): string {
  const { pathname, search } = useLocation()
  const params = new URLSearchParams(search)
  params.delete('line')
  params.set('line', '')
  return `${pathname}?${params}`
}
