import { Group, Text } from '@mantine/core'
import type { HistoryRun } from '~/api/schema'
import { RunLink } from '~/kit/Links'
import { StatusBadge } from '~/kit/StatusBadge'
import { hasFailed } from '~/kit/status'
import { TimeAgo, Took } from '~/kit/Times'
import { type Columns, DataTable } from '~/kit/table/DataTable'
import { logicalDate } from '~/kit/time'
import { duration } from '~/kit/units'
import type { History } from './history'

/** The same as a table: for who reads better than looks, and for narrow places. */
export function Runs({ history }: { history: History }) {
  const newestFirst = [...history.runs].reverse()
  return (
    <DataTable
      label="Runs, newest first"
      rows={newestFirst}
      columns={COLUMNS}
      rowKey={({ run }) => run.id}
      rowHeight={48}
    />
  )
}

const COLUMNS: Columns<HistoryRun> = [
  {
    id: 'date',
    header: 'Logical date',
    accessorFn: ({ run }) => run.logical_at,
    cell: ({ row }) => <RunLink id={row.original.run.id}>{logicalDate(row.original.run)}</RunLink>,
  },
  {
    id: 'status',
    header: 'State',
    accessorFn: ({ run }) => run.status,
    cell: ({ row }) => <StatusBadge status={row.original.run.status} miw="max-content" />,
  },
  {
    id: 'took',
    header: 'Took',
    enableSorting: false,
    meta: { align: 'right', width: 110 },
    cell: ({ row }) => <Took from={row.original.run.started_at} to={row.original.run.ended_at} />,
  },
  {
    id: 'created',
    header: 'Started',
    accessorFn: ({ run }) => run.created_at,
    meta: { hideBelow: 'xs' },
    cell: ({ row }) => <TimeAgo at={row.original.run.created_at} />,
  },
  {
    id: 'steps',
    header: 'Steps',
    enableSorting: false,
    meta: { hideBelow: 'sm' },
    cell: ({ row }) => <Steps item={row.original} />,
  },
]

function Steps({ item }: { item: HistoryRun }) {
  return (
    <Group gap="xs">
      {item.steps.map(({ name, status, seconds }) => (
        <Text key={name} span size="sm" fw={hasFailed(status) ? 650 : undefined}>
          {name}{' '}
          {status === 'SUCCEEDED' && typeof seconds === 'number' ? (
            duration(seconds)
          ) : (
            <StatusBadge status={status} size="sm" />
          )}
        </Text>
      ))}
    </Group>
  )
}
