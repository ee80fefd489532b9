import type { ReactNode } from 'react'
import type { ColumnLook, Columns } from '~/kit/table/DataTable'

/** A column of a list that the server orders: sorted here, it would be sorted only as far as it has been loaded. */
export function served<T extends object>(
  id: string,
  header: string,
  cell: (row: T) => ReactNode,
  meta: ColumnLook = {},
): Columns<T>[number] {
  return { id, header, enableSorting: false, meta, cell: ({ row }) => cell(row.original) }
}
