import { type RefObject, useLayoutEffect, useState } from 'react'
import type { Box } from './view'

/** The inner size of an element, known before the first paint. */
export function useBox(element: RefObject<HTMLElement | null>): Box {
  const [box, setBox] = useState<Box>({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const measured = element.current
    if (!measured) return
    const measure = () => {
      const [width, height] = [measured.clientWidth, measured.clientHeight]
      setBox((now) => (now.width === width && now.height === height ? now : { width, height }))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(measured)
    return () => observer.disconnect()
  }, [element])
  return box
}
