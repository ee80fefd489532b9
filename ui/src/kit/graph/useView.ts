import { useReactFlow } from '@xyflow/react'
import { useCallback, useEffect, useRef } from 'react'
import type { Placed } from './useLayout'
import { type Box, whole } from './view'

/** Shows the whole graph, at first and when it or its room has changed, but takes nobody away from where they went. */
export function useView(placed: Placed, box: Box) {
  const { setViewport } = useReactFlow()
  const moved = useRef(false)
  const shown = useRef(placed)
  const { width, height } = box
  const show = useCallback(
    (duration: number) => {
      moved.current = false
      setViewport(whole(placed.layout, { width, height }), { duration })
    },
    [setViewport, placed, width, height],
  )
  useEffect(() => {
    const other = !isAlike(shown.current, placed)
    shown.current = placed
    if (other || !moved.current) show(0)
  }, [placed, show])
  const onMoveEnd = useCallback((event: unknown) => {
    if (event) moved.current = true
  }, [])
  return { fit: useCallback(() => show(calm() ? 0 : 200), [show]), onMoveEnd }
}

const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches

/** Whether most of what there is was there before. */
function isAlike(before: Placed, after: Placed): boolean {
  if (before.key === after.key) return true
  const known = new Set(before.shape.ids)
  const stayed = after.shape.ids.filter((id) => known.has(id)).length
  return stayed * 2 > Math.max(known.size, after.shape.ids.length)
}
