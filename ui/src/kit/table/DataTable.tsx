/**
 * The one table: sorted in the browser where all rows are here, and drawn only as far as it can be seen, so that ten thousand rows
 * cost what thirty do. It stays a real table for screen readers: rows that are not drawn are room above and below.
 */
import { Table, Text, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import {
  type ColumnDef,
  createSortedRowModel,
  FlexRender,
  type Header,
  type Row,
  type RowData,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { memo, type Ref, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { count } from '../units'
import classes from './table.module.css'

export type ColumnLook = { align?: 'right'; width?: number | string; hideBelow?: 'xs' | 'sm' | 'md' | 'lg' }

export const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic },
  columnMeta: {} as ColumnLook,
})

// biome-ignore lint/suspicious/noExplicitAny: columns of one table have values of many types
export type Columns<T extends RowData> = ColumnDef<typeof features, T, any>[]

type Props<T extends RowData> = {
  /** What the table is of, for screen readers. */
  label: string
  rows: T[]
  /** Keep them outside of the component, or memoised. */
  columns: Columns<T>
  rowKey: (row: T) => string
  /** Height of a row in pixels, as far as it is known beforehand. */
  rowHeight?: number
  /** All there are, where only some are here yet. */
  total?: number
  /** Called when the last rows come into view. */
  onEnd?: () => void
  busy?: boolean
}

export function DataTable<T extends RowData>(props: Props<T>) {
  const { label, rows, columns, rowKey, rowHeight = 44, total, onEnd, busy } = props
  const table = useTable({ features, columns, data: rows, getRowId: rowKey })
  const sorted = table.getRowModel().rows
  const box = useRef<HTMLDivElement>(null)
  const offset = useOffset(box)
  // The same function as long as the rows are the same: with another one, the places of all rows are worked out anew.
  const getItemKey = useCallback((index: number) => sorted[index]?.id ?? index, [sorted])
  const virtual = useWindowVirtualizer({
    count: sorted.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: offset,
    getItemKey,
  })
  const items = virtual.getVirtualItems()
  const above = items[0] ? items[0].start - offset : 0
  const last = items[items.length - 1]
  const below = last ? virtual.getTotalSize() - (last.end - offset) : 0
  useEnd(last?.index ?? -1, sorted.length, busy ? undefined : onEnd)
  return (
    <div ref={box} className={classes.box}>
      <Table highlightOnHover className={classes.table} aria-label={label} aria-rowcount={(total ?? rows.length) + 1}>
        <Table.Thead>
          <Table.Tr aria-rowindex={1}>
            {table.getHeaderGroups()[0]?.headers.map((header) => (
              <Head key={header.id} header={header}>
                <table.FlexRender header={header} />
              </Head>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Room height={above} />
          {items.map((item) => {
            const row = sorted[item.index]
            return row ? (
              <Drawn key={row.id} row={row} index={item.index} columns={columns} measure={virtual.measureElement} />
            ) : null
          })}
          <Room height={below} />
        </Table.Tbody>
      </Table>
      {total !== undefined && total > rows.length && (
        <Text size="sm" c="var(--polder-muted)" ta="center" p="xs">
          {count(rows.length)} of {count(total)}
        </Text>
      )}
    </div>
  )
}

// biome-ignore lint/suspicious/noExplicitAny: see Columns
type DrawnProps = { row: Row<typeof features, any>; index: number; columns: unknown; measure: Ref<HTMLTableRowElement> }

/** A row, which is drawn again when it or the columns change: not whenever somebody scrolls. */
const Drawn = memo(({ row, index, measure }: DrawnProps) => (
  <Table.Tr data-index={index} aria-rowindex={index + 2} ref={measure}>
    {row.getAllCells().map((cell) => (
      <Table.Td key={cell.id} {...lookOf(cell.column.columnDef.meta)}>
        <FlexRender cell={cell} />
      </Table.Td>
    ))}
  </Table.Tr>
))

function lookOf(look: ColumnLook | undefined) {
  const hidden = look?.hideBelow ? { 'data-hide-below': look.hideBelow } : {}
  return { ta: look?.align, w: look?.width, ...hidden } as const
}

function Head<T extends RowData>({
  header,
  children,
}: {
  // biome-ignore lint/suspicious/noExplicitAny: see Columns
  header: Header<typeof features, T, any>
  children: React.ReactNode
}) {
  const { column } = header
  const sorted = column.getIsSorted()
  const sort = { asc: 'ascending', desc: 'descending', none: undefined } as const
  return (
    <Table.Th aria-sort={sort[sorted || 'none']} {...lookOf(column.columnDef.meta)}>
      {column.getCanSort() ? (
        <UnstyledButton fz="inherit" fw="inherit" onClick={column.getToggleSortingHandler()} className={classes.sort}>
          {children}
          {sorted === 'asc' && <IconArrowUp size={14} aria-hidden />}
          {sorted === 'desc' && <IconArrowDown size={14} aria-hidden />}
        </UnstyledButton>
      ) : (
        children
      )}
    </Table.Th>
  )
}

function Room({ height }: { height: number }) {
  if (height <= 0) return null
  return (
    <tr aria-hidden style={{ height }}>
      <td style={{ padding: 0 }} />
    </tr>
  )
}

/** How far down the page the table begins. */
function useOffset(box: React.RefObject<HTMLDivElement | null>): number {
  const [offset, setOffset] = useState(0)
  useLayoutEffect(() => {
    const top = box.current?.getBoundingClientRect().top ?? 0
    setOffset(Math.round(top + window.scrollY))
  }, [box])
  return offset
}

function useEnd(lastShown: number, rows: number, onEnd: (() => void) | undefined) {
  useEffect(() => {
    if (rows > 0 && lastShown >= rows - 20) onEnd?.()
  }, [lastShown, rows, onEnd])
}
