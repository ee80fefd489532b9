import { useReactFlow } from '@xyflow/react'
import { type MouseEvent, useCallback, useState } from 'react'
import { CARD } from './types'
import type { Placed } from './useLayout'

/** Which card is under the pointer, where cards are drawn as blocks that know nothing of pointers. */
export function usePointed({ shape, layout }: Placed, wanted: boolean) {
  const { screenToFlowPosition } = useReactFlow()
  const [pointed, setPointed] = useState<string>()
  const at = useCallback(
    (event: MouseEvent) => {
      const { x, y } = screenToFlowPosition({ x: event.clientX, y: event.clientY })
      const inside = (corner: { x: number; y: number }) =>
        x >= corner.x && x <= corner.x + CARD.width && y >= corner.y && y <= corner.y + CARD.height
      return shape.ids[layout.nodes.findIndex(inside)]
    },
    [shape, layout, screenToFlowPosition],
  )
  const onMouseMove = useCallback((event: MouseEvent) => setPointed(at(event)), [at])
  return { pointed: wanted ? pointed : undefined, at, onMouseMove: wanted ? onMouseMove : undefined }
}
