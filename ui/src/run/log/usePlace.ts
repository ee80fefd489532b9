/** Where one stays while lines come, are wrapped or are loaded: at the end, at the line that is linked to, or where one has scrolled. */
import { useCallback, useEffect, useLayoutEffect, useState } from 'react'
import type { Viewport } from './useViewport'
import { bottom, START, showing } from './viewport'

export type Held = 'end' | { row: number } | undefined

/** `linked`: the row that the address points to. */
export function useHeld(linked: number | undefined, atEnd: boolean) {
  const [held, setHeld] = useState<Held>(linked === undefined ? (atEnd ? 'end' : undefined) : { row: linked })
  useEffect(() => {
    if (linked !== undefined) setHeld({ row: linked })
  }, [linked])
  const onScrolled = useCallback((isAtEnd: boolean) => setHeld(isAtEnd ? 'end' : undefined), [])
  return { held, setHeld, onScrolled }
}

/** `grows`: the end is one to stay at; that of a list of matches is only as far as has been looked. */
export function usePlace(held: Held, setHeld: (held: Held) => void, { go, sizes }: Viewport, grows: boolean) {
  // Whatever changes the sizes may have moved what one looks at.
  useLayoutEffect(() => {
    if (held === undefined || (held === 'end' && !grows) || sizes.count === 0 || sizes.height === 0) return
    go((sizes, top) => (held === 'end' ? bottom(sizes) : showing(sizes, top, held.row)))
  }, [held, sizes, go, grows])
  const toStart = useCallback(() => {
    setHeld(undefined)
    go(() => START)
  }, [setHeld, go])
  const toEnd = useCallback(() => {
    setHeld('end')
    go(bottom)
  }, [setHeld, go])
  return { toStart, toEnd }
}
