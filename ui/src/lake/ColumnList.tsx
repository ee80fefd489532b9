import { Badge, Button, Code, Stack, Table, Text } from '@mantine/core'
import type { ColumnFacts, TableFacts } from '~/api/schema'
import { Names } from '~/kit/Names'
import { SearchField } from '~/kit/SearchField'
import { useUrl } from '~/kit/useUrl'
import { columnsShown, FOLDED } from './fold'
import { Section } from './Section'

const ANYWHERE = { overflowWrap: 'anywhere' } as const

/** The columns, in the order of the table. Of many one sees the first, and those that are looked for. */
export function ColumnList({ facts }: { facts: TableFacts }) {
  const [search] = useUrl('column')
  const [unfolded, setUnfolded] = useUrl('columns')
  const all = facts.columns.length
  const shown = columnsShown(facts.columns, search, unfolded === 'all')
  return (
    <Section title={`Columns (${all})`}>
      <Stack gap="xs" align="flex-start">
        {all > FOLDED && <SearchField label="Search columns" name="column" />}
        {shown.length > 0 ? (
          <Columns facts={facts} shown={shown} />
        ) : (
          <Text size="sm">No column has “{search}” in its name.</Text>
        )}
        {all > FOLDED && search === '' && (
          <Button size="xs" variant="default" onClick={() => setUnfolded(unfolded === 'all' ? '' : 'all')}>
            {unfolded === 'all' ? `Show the first ${FOLDED} columns` : `Show all ${all} columns`}
          </Button>
        )}
      </Stack>
    </Section>
  )
}

function Columns({ facts, shown }: { facts: TableFacts; shown: ColumnFacts[] }) {
  const described = facts.columns.some(({ description }) => description)
  return (
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
        {shown.map((column) => (
          <Column key={column.name} column={column} facts={facts} described={described} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Column({ column, facts, described }: { column: ColumnFacts; facts: TableFacts; described: boolean }) {
  const { name, data_type, nullable, description } = column
  return (
    <Table.Tr>
      <Table.Td style={ANYWHERE}>
        <Text span size="sm" fw={500} mr={8}>
          <Names text={name} />
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
