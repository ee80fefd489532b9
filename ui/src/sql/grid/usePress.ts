/** What keys do in a grid. */
import type { KeyboardEvent, RefObject } from 'react'
import type { Answer } from '../answer'
import { copy, textAt } from './copy'
import { moved, type Place } from './moves'
import { ROW, type useSight } from './useSight'

type Given = Pick<ReturnType<typeof useSight>, 'down' | 'across'> & {
  box: RefObject<HTMLDivElement | null>
  answer: Pick<Answer, 'columns' | 'rows'>
  active: Place | undefined
  onActive: (place: Place | undefined) => void
}

export function usePress({ box, answer: { columns, rows }, active, onActive, down, across }: Given) {
  const go = (place: Place) => {
    down.scrollToIndex(place.row)
    if (place.column >= 0) across.scrollToIndex(place.column)
    onActive(place)
  }
  return (event: KeyboardEvent) => {
    if (event.key === 'Escape' && active) return onActive(undefined)
    const far = event.ctrlKey || event.metaKey
    // Who has marked a text copies that.
    if (far && event.key === 'c' && active && !window.getSelection()?.toString()) {
      event.preventDefault()
      return copy(textAt(rows, active))
    }
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / ROW) - 2)
    const size = { rows: rows.length, columns: columns.length, page }
    const to = moved(active ?? { row: -1, column: 0 }, event.key, far, size)
    if (!to) return
    event.preventDefault()
    go(to)
  }
}
