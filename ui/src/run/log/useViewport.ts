/** Ties the place in a log to an element that scrolls; see `viewport.ts` for why they are not the same. */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import {
  atShare,
  bottom,
  isAfter,
  isExact,
  moved,
  type Sizes,
  START,
  shareOf,
  type Top,
  tall,
  within,
} from './viewport'

/** A scroll within this time of a wheel, a key or a finger is theirs, in milliseconds. */
const GESTURE = 500
/** After this long without scrolling the scroll bar is put right. */
const IDLE = 160
/** A thumb that is off by less than this part of its way is not seen to be. */
const VISIBLE = 500

type Given = { count: number; row: number; wrap: boolean; onScrolled: (atEnd: boolean) => void }

export type Viewport = {
  scroller: RefObject<HTMLDivElement | null>
  sizes: Sizes
  top: Top
  /** Height of the element that is scrolled. */
  tall: number
  go: (to: (sizes: Sizes, top: Top) => Top) => void
  /** Takes the heights of wrapped lines; answers whether they are news. */
  measured: (heights: [number, number][]) => boolean
}

export function useViewport({ count, row, wrap, onScrolled }: Given): Viewport {
  const scroller = useRef<HTMLDivElement>(null)
  const { height, width } = useSize(scroller)
  const [top, setTop] = useState<Top>(START)
  const [news, setNews] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights hold for one width only
  const heights = useMemo(() => (wrap ? new Map<number, number>() : undefined), [wrap, width])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the map is filled in place
  const sizes = useMemo<Sizes>(() => ({ count, height, row, heights }), [count, height, row, heights, news])
  const state = useRef({ sizes, top, last: 0, gesture: 0, scrolled: 0 })
  state.current.sizes = sizes

  const become = useCallback((next: Top) => {
    const { top } = state.current
    if (top.line === next.line && top.px === next.px) return
    state.current.top = next
    setTop(next)
  }, [])

  /** Puts the scroll bar where it belongs. */
  const align = useCallback(() => {
    const element = scroller.current
    if (!element) return
    const { sizes, top } = state.current
    const room = tall(sizes) - sizes.height
    const wanted = shareOf(sizes, top) * room
    const atEnd = wanted <= 0 || wanted >= room || element.scrollTop <= 1 || element.scrollTop >= room - 1
    // What nobody can see is left alone: setting it would stop a scroll that goes on smoothly.
    const seen = isExact(sizes) || atEnd ? 1 : room / VISIBLE
    if (Math.abs(element.scrollTop - wanted) > seen) element.scrollTop = wanted
    state.current.last = element.scrollTop
  }, [])

  const go = useCallback(
    (to: (sizes: Sizes, top: Top) => Top) => {
      become(within(state.current.sizes, to(state.current.sizes, state.current.top)))
      align()
    },
    [become, align],
  )

  useScroll(scroller, state, become, align, onScrolled)

  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever changes the sizes changes what a share of the way is
  useLayoutEffect(() => {
    if (performance.now() - state.current.scrolled > IDLE) align()
  }, [sizes, align])

  const measured = useCallback(
    (found: [number, number][]) => {
      const isNew = found.filter(([line, height]) => heights && heights.get(line) !== height)
      for (const [line, height] of isNew) heights?.set(line, height)
      if (isNew.length > 0) setNews((before) => before + 1)
      return isNew.length > 0
    },
    [heights],
  )
  return { scroller, sizes, top: within(sizes, top), tall: tall(sizes), go, measured }
}

type State = { sizes: Sizes; top: Top; last: number; gesture: number; scrolled: number }

function useScroll(
  scroller: RefObject<HTMLDivElement | null>,
  state: RefObject<State>,
  become: (top: Top) => void,
  align: () => void,
  onScrolled: (atEnd: boolean) => void,
) {
  useEffect(() => {
    const element = scroller.current
    if (!element) return
    let idle: ReturnType<typeof setTimeout> | undefined
    const onGesture = () => {
      state.current.gesture = performance.now()
    }
    const onScroll = () => {
      const by = element.scrollTop - state.current.last
      if (Math.abs(by) < 0.5) return
      const now = performance.now()
      state.current.last = element.scrollTop
      const { sizes, top, gesture, scrolled } = state.current
      const room = tall(sizes) - sizes.height
      // A finger that is lifted leaves the page gliding: scrolls that follow each other closely belong together.
      const goesOn = now - gesture < GESTURE || (gesture > 0 && now - scrolled < GESTURE)
      // Less than the smallest step that a thumb can be dragged by.
      const isGesture = goesOn || Math.abs(by) < room / sizes.height / 4
      state.current.gesture = goesOn ? now : 0
      state.current.scrolled = now
      const next = isExact(sizes) || !isGesture ? atShare(sizes, element.scrollTop / room) : moved(sizes, top, by)
      become(next)
      onScrolled(!isAfter(bottom(sizes), moved(sizes, next, 2)))
      clearTimeout(idle)
      idle = setTimeout(align, IDLE)
      // At an end of the scroll bar there may be more of the log: there must be room to go on.
      if (element.scrollTop <= 1 || element.scrollTop >= room - 1) align()
    }
    const onPress = (event: PointerEvent) => {
      if (event.pointerType === 'mouse') state.current.gesture = 0
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    element.addEventListener('pointerdown', onPress)
    for (const kind of ['wheel', 'touchmove', 'keydown']) element.addEventListener(kind, onGesture, { passive: true })
    return () => {
      clearTimeout(idle)
      element.removeEventListener('scroll', onScroll)
      element.removeEventListener('pointerdown', onPress)
      for (const kind of ['wheel', 'touchmove', 'keydown']) element.removeEventListener(kind, onGesture)
    }
  }, [scroller, state, become, align, onScrolled])
}

function useSize(element: RefObject<HTMLElement | null>) {
  const [size, setSize] = useState({ height: 0, width: 0 })
  useLayoutEffect(() => {
    if (!element.current) return
    const seen = element.current
    const look = () =>
      setSize((before) => {
        const now = { height: seen.clientHeight, width: seen.clientWidth }
        return before.height === now.height && before.width === now.width ? before : now
      })
    look()
    const observer = new ResizeObserver(look)
    observer.observe(seen)
    return () => observer.disconnect()
  }, [element])
  return size
}
