/** The log of an attempt, and what is looked for in it, as long as they are on the page. */
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import type { Attempt } from './address'
import { Matches } from './matches'
import { LogSource } from './source'

/** How often new lines are searched, in milliseconds. */
const LOOK_AGAIN = 2_000

/** `lines`: how many there are of an attempt that is over. */
export function useLog({ run, step, epoch }: Attempt, live: boolean, lines: number) {
  const source = useMemo(() => new LogSource({ run, step, epoch }), [run, step, epoch])
  useEffect(() => () => source.close(), [source])
  useEffect(() => {
    if (live) source.follow()
    else source.end(lines)
  }, [source, live, lines])
  return { source, ...useSyncExternalStore(source.subscribe, source.read) }
}

export function useMatches(source: LogSource, text: string, live: boolean) {
  const matches = useMemo(() => new Matches(source.attempt, text), [source, text])
  const wanted = text !== ''
  useEffect(() => {
    if (wanted) void matches.begin(source.read().count)
    return () => matches.close()
  }, [matches, source, wanted])
  const latest = useRef(matches)
  latest.current = matches
  useEffect(() => {
    if (!wanted || !live) return
    const timer = setInterval(() => latest.current.grown(source.read().count), LOOK_AGAIN)
    return () => clearInterval(timer)
  }, [source, wanted, live])
  return { matches, ...useSyncExternalStore(matches.subscribe, matches.read) }
}
