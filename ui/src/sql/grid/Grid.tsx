/**
 * Rows of a query. Only what can be seen is in the page, in both directions, so that a hundred thousand rows of fifty columns cost
 * what a screen of them does. It is one stop for the Tab key; arrows lead from cell to cell.
 *
 * It is a table by its roles alone: rows and cells of real tables cannot be left out, nor lie where they like.
 */
import { type MouseEvent, useId, useMemo, useRef } from 'react'
import type { Answer } from '../answer'
import { classOf } from '../types'
import classes from './grid.module.css'
import { Head } from './Head'
import type { Place } from './moves'
import { cellId, placeOf } from './places'
import { Row } from './Row'
import { usePress } from './usePress'
import { HEAD, useSight } from './useSight'

type Props = {
  label: string
  answer: Pick<Answer, 'columns' | 'rows'>
  active: Place | undefined
  onActive: (place: Place | undefined) => void
  /** Of the whole grid, in pixels or as it says; it is no higher than its rows. */
  maxHeight: number | string
}

export function Grid({ label, answer, active, onActive, maxHeight }: Props) {
  const { columns, rows } = answer
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const kinds = useMemo(() => columns.map(({ type }) => classOf(type)), [columns])
  const { down, across, numbers } = useSight(box, answer)
  const press = usePress({ box, answer, active, onActive, down, across })
  const point = (event: MouseEvent) => {
    const place = placeOf(event.target)
    if (place) onActive(place)
  }
  const shown = across.getVirtualItems()
  return (
    <div
      ref={box}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={active && cellId(id, active)}
      className={classes.box}
      style={{ maxHeight }}
      onKeyDown={press}
      onClick={point}
    >
      <div style={{ width: across.getTotalSize(), height: down.getTotalSize() + HEAD }} className={classes.all}>
        <Head columns={columns} kinds={kinds} shown={shown} numbers={numbers} />
        {down.getVirtualItems().map(({ index, start }) => (
          <Row
            key={index}
            grid={id}
            index={index}
            top={start + HEAD}
            cells={rows[index] ?? []}
            kinds={kinds}
            shown={shown}
            numbers={numbers}
            active={active?.row === index ? active.column : undefined}
          />
        ))}
      </div>
    </div>
  )
}
