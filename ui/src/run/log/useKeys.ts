/** The keys of a log; the page lists them under `?`. */
import { type RefObject, useEffect, useRef } from 'react'
import { isTyping } from '~/shell/sequence'

type Does = {
  follow: () => void
  next: () => void
  previous: () => void
  toStart: () => void
  toEnd: () => void
  scroller: RefObject<HTMLElement | null>
}

export function useKeys(does: Does) {
  const latest = useRef(does)
  latest.current = does
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const action = actionOf(event, latest.current)
      if (!action) return
      event.preventDefault()
      action()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}

function actionOf({ key, target }: KeyboardEvent, does: Does): (() => void) | undefined {
  if (key === 'f') return does.follow
  if (key === 'n') return does.next
  if (key === 'N') return does.previous
  // Tabs and menus have Home and End of their own.
  const ours = target === document.body || does.scroller.current?.contains(target as Node)
  if (ours && key === 'Home') return does.toStart
  if (ours && key === 'End') return does.toEnd
  return undefined
}
