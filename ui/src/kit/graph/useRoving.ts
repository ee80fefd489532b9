import { useReactFlow } from '@xyflow/react'
import { type KeyboardEvent, useCallback, useState } from 'react'
import type { Placed } from './useLayout'
import { type Arrow, type Box, neighbour, reveal } from './view'

const ARROWS = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'])

/** Arrow keys go from card to card, also to those that are not drawn yet because nobody could see them. */
export function useRoving({ shape, layout }: Placed, box: Box) {
  const { getViewport, setViewport } = useReactFlow()
  const [current, setCurrent] = useState<string>()
  const onKeyDown = useCallback(
    async (event: KeyboardEvent<HTMLElement>) => {
      const from = (event.target as HTMLElement).dataset.card
      if (from === undefined || !ARROWS.has(event.key)) return
      event.preventDefault()
      const next = neighbour(shape.ids.indexOf(from), event.key as Arrow, layout.nodes)
      const card = next === undefined ? undefined : layout.nodes[next]
      const id = next === undefined ? undefined : shape.ids[next]
      if (!card || id === undefined) return
      const canvas = event.currentTarget
      setCurrent(id)
      await setViewport(reveal(card, getViewport(), box))
      requestAnimationFrame(() => focus(canvas, id))
    },
    [shape, layout, box, getViewport, setViewport],
  )
  return { current, onKeyDown }
}

function focus(canvas: HTMLElement, id: string) {
  canvas.querySelector<HTMLElement>(`[data-card="${CSS.escape(id)}"]`)?.focus({ preventScroll: true })
}
