import type { VirtualItem } from '@tanstack/react-virtual'
import type { SqlColumn } from '~/api/schema'
import { inSql, type TypeClass } from '../types'
import classes from './grid.module.css'

type Props = { columns: SqlColumn[]; kinds: TypeClass[]; shown: VirtualItem[]; numbers: number }

export function Head({ columns, kinds, shown, numbers }: Props) {
  return (
    <div role="row" aria-rowindex={1} className={classes.head}>
      <div role="columnheader" aria-colindex={1} className={classes.number} style={{ width: numbers }}>
        #
      </div>
      {shown.map(({ index, start, size }) => (
        <div
          key={index}
          role="columnheader"
          aria-colindex={index + 2}
          title={`${columns[index]?.name}: ${inSql(columns[index]?.type ?? '')}`}
          className={classes.cell}
          data-kind={kinds[index]}
          style={{ left: start, width: size }}
        >
          {columns[index]?.name} <span className={classes.type}>{inSql(columns[index]?.type ?? '')}</span>
        </div>
      ))}
    </div>
  )
}
