/** One clock for the whole page: what shows a time redraws when it ticks, and not by itself. */
import { useSyncExternalStore } from 'react'

let now = Date.now()

function ticker(period: number) {
  const listeners = new Set<() => void>()
  let timer: ReturnType<typeof setInterval> | undefined
  const tick = () => {
    now = Date.now()
    for (const listener of listeners) listener()
  }
  return {
    subscribe(listener: () => void) {
      if (listeners.size === 0) {
        now = Date.now()
        timer = setInterval(tick, period)
      }
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) clearInterval(timer)
      }
    },
    read: () => now,
  }
}

const often = ticker(1_000)
const seldom = ticker(15_000)

/** What is told in seconds while it is younger than this, in milliseconds. */
const YOUNG = 60_000

/** Now, for telling how long ago something was: each second as long as that is told in seconds. */
export function useNowAfter(at: string): number {
  const isYoung = Math.abs(Date.now() - new Date(at).getTime()) < YOUNG
  return useNow(isYoung ? 'often' : 'seldom')
}

/** Now in milliseconds; `often` for what counts up in seconds, else it is a quarter of a minute off at most. */
export function useNow(precision: 'often' | 'seldom' = 'seldom'): number {
  const clock = precision === 'often' ? often : seldom
  return useSyncExternalStore(clock.subscribe, clock.read)
}
