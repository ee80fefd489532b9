/** What the list of tables tells of each. On a narrow page, what has no column stands below the name. */
import { Group, Text } from '@mantine/core'
import { IconDatabase } from '@tabler/icons-react'
import type { LakeTable } from '~/api/schema'
import { To } from '~/kit/Links'
import { Names } from '~/kit/Names'
import { TimeAgo } from '~/kit/Times'
import type { ColumnLook, Columns } from '~/kit/table/DataTable'
import { bytes, count } from '~/kit/units'
import { served } from '~/pipelines/served'
import { partsOf, tablePath } from '~/sql/names'
import { By } from './By'
import type { Line } from './groups'

/** A column of tables; lines of schemas have nothing in it. */
const ofTables = (id: string, header: string, cell: (table: LakeTable) => React.ReactNode, look: ColumnLook) =>
  served<Line>(id, header, (line) => (line.kind === 'table' ? <Small>{cell(line.table)}</Small> : null), look)

export const COLUMNS: Columns<Line> = [
  served<Line>('name', 'Table', (line) =>
    line.kind === 'schema' ? <Schema name={line.name} /> : <Name table={line.table} />,
  ),
  ofTables('rows', 'Rows', ({ facts }) => rowsOf(facts), { align: 'right', width: 110 }),
  ofTables('size', 'Size', ({ facts }) => facts && bytes(facts.bytes_total), {
    align: 'right',
    width: 100,
    hideBelow: 'xs',
  }),
  ofTables('key', 'Key', ({ facts }) => facts?.key.join(', '), { hideBelow: 'md', width: '16%' }),
  ofTables('published', 'Published', ({ published_at }) => <TimeAgo at={published_at} />, {
    width: 1,
    hideBelow: 'sm',
  }),
  ofTables('by', 'By', ({ run, created_by }) => <By run={run} who={created_by} />, { hideBelow: 'sm', width: '26%' }),
]

export const rowsOf = (facts: LakeTable['facts']) =>
  facts?.rows_total === null || facts?.rows_total === undefined ? '–' : count(facts.rows_total)

const ANYWHERE = { overflowWrap: 'anywhere' } as const

function Small({ children }: { children: React.ReactNode }) {
  return (
    <Text size="sm" component="span" style={ANYWHERE}>
      {children}
    </Text>
  )
}

function Schema({ name }: { name: string }) {
  return (
    <Group gap={6} wrap="nowrap">
      <IconDatabase size={16} aria-hidden />
      <Text span fw={650} style={ANYWHERE}>
        <Names text={name} />
      </Text>
    </Group>
  )
}

function Name({ table }: { table: LakeTable }) {
  const [, name] = partsOf(table.name)
  return (
    <div style={{ paddingInlineStart: 22, ...ANYWHERE }}>
      <To to={tablePath(table.name)} size="sm" fw={500} aria-label={table.name}>
        <Names text={name} />
      </To>
      <Text size="xs" c="var(--polder-muted)" hiddenFrom="sm" component="div">
        <TimeAgo at={table.published_at} /> by <By run={table.run} who={table.created_by} />
      </Text>
    </div>
  )
}
