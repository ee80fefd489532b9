import { Badge, Code, Table, Text } from '@mantine/core'
import type { ColumnFacts, TableFacts } from '~/api/schema'
import { Section } from './Section'

const ANYWHERE = { overflowWrap: 'anywhere' } as const

/** The columns, in the order of the table. */
export function ColumnList({ facts }: { facts: TableFacts }) {
  const described = facts.columns.some(({ description }) => description)
  return (
    <Section title={`Columns (${facts.columns.length})`}>
      <Table aria-label="Columns" verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Column</Table.Th>
            <Table.Th>Type</Table.Th>
            <Table.Th>May be null</Table.Th>
            {described && <Table.Th visibleFrom="sm">Description</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {facts.columns.map((column) => (
            <Column key={column.name} column={column} facts={facts} described={described} />
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  )
}

function Column({ column, facts, described }: { column: ColumnFacts; facts: TableFacts; described: boolean }) {
  const { name, data_type, nullable, description } = column
  return (
    <Table.Tr>
      <Table.Td style={ANYWHERE}>
        <Text span size="sm" fw={500} mr={8}>
          {name}
        </Text>
        {facts.key.includes(name) && <Mark word="key" />}
        {facts.partitioned_by.includes(name) && <Mark word="partition" />}
        <Text size="xs" c="var(--polder-muted)" hiddenFrom="sm">
          {description}
        </Text>
      </Table.Td>
      <Table.Td>
        <Code>{data_type}</Code>
      </Table.Td>
      <Table.Td>
        <Text size="sm">{nullable ? 'yes' : 'no'}</Text>
      </Table.Td>
      {described && (
        <Table.Td visibleFrom="sm" style={ANYWHERE}>
          <Text size="sm">{description}</Text>
        </Table.Td>
      )}
    </Table.Tr>
  )
}

const Mark = ({ word }: { word: string }) => (
  <Badge variant="default" size="sm" tt="none" fw={500} mr={4}>
    {word}
  </Badge>
)
