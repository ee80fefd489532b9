/**
 * The log of one attempt. Only the lines that are seen are drawn, only those around them are asked for; what is looked for, the
 * line that is pointed to and how lines are shown stand in the address.
 */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useLocation } from 'react-router'
import { useUrl } from '~/kit/useUrl'
import type { Attempt } from './address'
import { Bar } from './Bar'
import { Body } from './Body'
import classes from './log.module.css'
import { neighbour } from './matches'
import { useKeys } from './useKeys'
import { useLog, useMatches } from './useLog'
import { useViewport } from './useViewport'
import { bottom, START, showing } from './viewport'
import { WholeLine } from './WholeLine'

export const ROW = 18

type Props = {
  attempt: Attempt
  /** Lines may still come. */
  live: boolean
  /** Of an attempt that is over. */
  lines: number
  /** Its end says why it failed. */
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
  const line = linked ? Number(linked) - 1 : undefined
  const [following, setFollowing] = useState(live && line === undefined)
  const [whole, setWhole] = useState<number>()

  const onScrolled = useCallback((_: unknown, atEnd: boolean) => setFollowing(live && atEnd), [live])
  const count = onlyFound ? found.lines.length : log.count
  const viewport = useViewport({ count, row: ROW, wrap, onScrolled })
  const { go, sizes } = viewport

  const isReady = count > 0 && sizes.height > 0
  const place = useRef({ line, following, failed })
  place.current = { line, following, failed }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each log, when it is there
  useLayoutEffect(() => {
    if (!isReady) return
    const { line, following, failed } = place.current
    if (onlyFound) go(() => START)
    else if (line !== undefined) go((sizes) => showing(sizes, START, line))
    else go((sizes) => (following || failed ? bottom(sizes) : START))
  }, [log.source, isReady, onlyFound])

  useEffect(() => {
    if (line !== undefined && !onlyFound) go((sizes, top) => showing(sizes, top, line))
  }, [line, onlyFound, go])

  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes change with the number of lines and their heights
  useLayoutEffect(() => {
    if (following && !onlyFound) go(bottom)
  }, [following, onlyFound, sizes, go])

  const follow = useCallback((yes: boolean) => setFollowing(live && yes), [live])
  const toStart = useCallback(() => {
    setFollowing(false)
    go(() => START)
  }, [go])
  const toEnd = useCallback(() => {
    setFollowing(live)
    go(bottom)
  }, [live, go])
  const pick = useCallback(
    (number: number) => {
      setFollowing(false)
      setLinked(String(number + 1))
    },
    [setLinked],
  )
  const at = line ?? viewport.top.line - 1
  const step = useCallback(
    (way: 1 | -1) => {
      const next = neighbour(found.lines, at, way)
      if (next === undefined) return
      const isLast = !found.all && way === 1 && next === found.lines[found.lines.length - 1]?.line
      if (isLast) void found.matches.more(found.lines.length + 1_000)
      pick(next)
    },
    [found, at, pick],
  )
  useKeys({
    follow: () => follow(!following),
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

/** This page's address, up to the number of a line. */
function useLineAddress(): string {
  const { pathname, search } = useLocation()
  const params = new URLSearchParams(search)
  params.delete('line')
  params.set('line', '')
  return `${pathname}?${params}`
}
