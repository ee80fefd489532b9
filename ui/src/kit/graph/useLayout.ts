import { useEffect, useRef, useState } from 'react'
import type { Layout } from './layout'
import { layoutNow, layoutSoon } from './layouts'
import { keyOf, type Shape } from './shape'

export type Placed = { layout: Layout; shape: Shape; key: string }

/** The layout of this shape; until it is there, the one before. Nothing as long as there is no room to lay out in. */
export function useLayout(shape: Shape, room: boolean): Placed | undefined {
  const [, found] = useState('')
  const before = useRef<Placed | undefined>(undefined)
  const key = keyOf(shape)
  const layout = room ? layoutNow(shape, key) : undefined
  if (layout && before.current?.key !== key) before.current = { layout, shape, key }
  const wanted = useRef(shape)
  wanted.current = shape
  const missing = room && layout === undefined
  useEffect(() => {
    if (!missing) return
    let waited = true
    layoutSoon(wanted.current, key).then(() => waited && found(key))
    return () => {
      waited = false
    }
  }, [missing, key])
  return before.current
}
