/** Which rows and columns of a grid are in sight. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useMemo } from 'react'
import type { Answer } from '../answer'
import { widthsOf } from './widths'

/** Heights, in pixels. */
export const [ROW, HEAD] = [29, 33]

export function useSight(box: RefObject<HTMLDivElement | null>, answer: Pick<Answer, 'columns' | 'rows'>) {
  const { columns, rows } = answer
  const widths = useMemo(() => widthsOf(answer), [answer])
  /** How wide the numbers of rows are. */
  const numbers = 20 + String(rows.length).length * 8
  const getScrollElement = () => box.current
  const down = useVirtualizer({
    count: rows.length,
    getScrollElement,
    estimateSize: () => ROW,
    overscan: 10,
    scrollPaddingStart: HEAD,
  })
  const across = useVirtualizer({
    count: columns.length,
    getScrollElement,
    estimateSize: (column) => widths[column] ?? 0,
    horizontal: true,
    overscan: 2,
    paddingStart: numbers,
    scrollPaddingStart: numbers,
    getItemKey: (column) => `${column} ${widths[column]}`,
  })
  return { down, across, numbers }
}
