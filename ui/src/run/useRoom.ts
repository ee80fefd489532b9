import { type RefObject, useLayoutEffect, useRef, useState } from 'react'

/** A log shorter than this is no joy; rather the page is scrolled. */
const LEAST = 400
const MARGIN = 20

/** The height from where an element begins to the lower edge of the window. */
export function useRoom(): [RefObject<HTMLDivElement | null>, number] {
  const box = useRef<HTMLDivElement>(null)
  const [room, setRoom] = useState(LEAST)
  useLayoutEffect(() => {
    const look = () => {
      const top = (box.current?.getBoundingClientRect().top ?? 0) + window.scrollY
      setRoom(Math.max(LEAST, Math.floor(window.innerHeight - top - MARGIN)))
    }
    look()
    window.addEventListener('resize', look)
    // What stands above it may come, go and grow.
    const observer = new ResizeObserver(look)
    if (box.current?.parentElement) observer.observe(box.current.parentElement)
    return () => {
      window.removeEventListener('resize', look)
      observer.disconnect()
    }
  }, [])
  return [box, room]
}
