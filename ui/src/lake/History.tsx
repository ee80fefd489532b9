import { Anchor, Button, Table, Text, Tooltip } from '@mantine/core'
import { Link } from 'react-router'
import { usePages } from '~/api/queries'
import type { PublishView } from '~/api/schema'
import { To } from '~/kit/Links'
import { Loaded } from '~/kit/Loaded'
import { TimeAgo } from '~/kit/Times'
import { bytes } from '~/kit/units'
import { sqlPath } from '~/sql/link'
import { publishPath, selectFrom } from '~/sql/names'
import { BackLinks } from './BackLinks'
import { By } from './By'
import { rowsChanged } from './change'
import { Section } from './Section'

/** Rows that a version is asked for at first. */
const ROWS = 100

type Props = { name: string; environment: string }

/** The publishes that made the table what it is. */
export function History({ name, environment }: Props) {
  const query = { environment, table: name, limit: 20 }
  const publishes = usePages('/api/v1/lake/publishes', { params: { query } })
  return (
    <Section title="History">
      <Loaded query={publishes} lines={4}>
        {() =>
          publishes.items.length > 0 ? (
            <Versions name={name} publishes={publishes.items} />
          ) : (
            <Text size="sm">It is as {environment} began with it.</Text>
          )
        }
      </Loaded>
      {publishes.hasNextPage && (
        <Button size="xs" variant="default" loading={publishes.isFetching} onClick={() => publishes.fetchNextPage()}>
          Older ones
        </Button>
      )}
    </Section>
  )
}

function Versions({ name, publishes }: { name: string; publishes: PublishView[] }) {
  return (
    <Table aria-label="History" verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Version</Table.Th>
          <Table.Th>Published</Table.Th>
          <Table.Th ta="right">Rows added</Table.Th>
          <Table.Th ta="right" visibleFrom="sm">
            Bytes added
          </Table.Th>
          <Table.Th visibleFrom="sm">By</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {publishes.map((publish) => (
          <Version key={publish.id} name={name} publish={publish} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** A version, and the way to its rows. */
function AsItWas({ name, environment, version }: { name: string; environment: string; version: number }) {
  return (
    <Tooltip label="Query this version">
      <Anchor component={Link} to={sqlPath(selectFrom(name, ROWS, version), { environment })} size="sm">
        {version}
      </Anchor>
    </Tooltip>
  )
}

function Version({ name, publish }: { name: string; publish: PublishView }) {
  const own = publish.tables.find((table) => table.name.toLowerCase() === name.toLowerCase())
  const { id, created_at, run, created_by, environment, state } = publish
  const by = <By run={run} who={created_by} environment={environment} />
  return (
    <Table.Tr>
      <Table.Td>
        {state === 'DONE' && own ? <AsItWas {...{ name, environment }} version={own.version} /> : state.toLowerCase()}
      </Table.Td>
      <Table.Td>
        <To to={publishPath(id)} size="sm">
          <TimeAgo at={created_at} />
        </To>
        <Text size="xs" c="var(--polder-muted)" component="div">
          <BackLinks publish={publish} />
        </Text>
        <Text size="xs" component="div" hiddenFrom="sm" style={{ overflowWrap: 'anywhere' }}>
          {by}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{own && rowsChanged(publish, [own])}</Table.Td>
      <Table.Td ta="right" visibleFrom="sm">
        {own && bytes(own.bytes)}
      </Table.Td>
      <Table.Td visibleFrom="sm" style={{ overflowWrap: 'anywhere' }}>
        <Text size="sm">{by}</Text>
      </Table.Td>
    </Table.Tr>
  )
}
