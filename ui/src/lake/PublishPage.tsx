import { Stack, Table, Text, Title } from '@mantine/core'
import { useParams } from 'react-router'
import { ApiProblem } from '~/api/problem'
import { useGet } from '~/api/queries'
import type { PublishedTable, PublishView } from '~/api/schema'
import { Empty } from '~/kit/Empty'
import { shortId, To } from '~/kit/Links'
import { Loaded } from '~/kit/Loaded'
import { PageHeader } from '~/kit/PageHeader'
import { TimeAgo, Took } from '~/kit/Times'
import { bytes, count, counted } from '~/kit/units'
import { useOwnEnvironment } from '~/kit/useOwnEnvironment'
import { By } from './By'
import { PublishState } from './PublishState'
import { sum } from './publishColumns'
import { RollBack } from './RollBack'
import { Tables } from './Tables'

/** What one publish did. */
export function PublishPage() {
  const { id = '' } = useParams()
  const query = useGet('/api/v1/lake/publishes/{id}', { params: { path: { id } }, placeholderData: undefined })
  if (query.error instanceof ApiProblem && [400, 404, 422].includes(query.error.status)) return <Unknown id={id} />
  return (
    <>
      {!query.data && <PageHeader title="Publish" />}
      <Loaded query={query} lines={6}>
        {(publish) => <Known key={publish.id} publish={publish} />}
      </Loaded>
    </>
  )
}

function Known({ publish }: { publish: PublishView }) {
  const { id, state, environment, run, created_by, created_at, ended_at, tables, reads } = publish
  useOwnEnvironment(environment)
  return (
    <>
      <PageHeader
        title={`Publish ${shortId(id)}`}
        above={<To to="/lake/publishes">Publishes</To>}
        beside={<PublishState state={state} />}
        actions={<RollBack publish={publish} />}
        below={
          <>
            in {environment}, <TimeAgo at={created_at} />, by{' '}
            <By run={run} who={created_by} environment={environment} />
            {ended_at && (
              <>
                ; seen by readers after <Took from={created_at} to={ended_at} />
              </>
            )}
          </>
        }
      />
      <Stack gap="lg">
        <section>
          <Title order={2} size="h4" mb="xs">
            {counted(tables.length, 'table')}, {counted(sum(publish, 'rows'), 'row')} added
          </Title>
          <Changes tables={tables} />
        </section>
        <section>
          <Title order={2} size="h4" mb="xs">
            Read for it
          </Title>
          <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
            {reads.length > 0 ? <Tables names={reads} /> : 'No table.'}
          </Text>
        </section>
      </Stack>
    </>
  )
}

function Changes({ tables }: { tables: PublishedTable[] }) {
  return (
    <Table aria-label="Tables">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Table</Table.Th>
          <Table.Th>Version</Table.Th>
          <Table.Th ta="right">Rows added</Table.Th>
          <Table.Th ta="right" visibleFrom="sm">
            Bytes added
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {tables.map((table) => (
          <Table.Tr key={table.name}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              <Tables names={[table.name]} />
            </Table.Td>
            <Table.Td>{versionsOf(table)}</Table.Td>
            <Table.Td ta="right">{count(table.rows)}</Table.Td>
            <Table.Td ta="right" visibleFrom="sm">
              {bytes(table.bytes)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function versionsOf({ version_before, version }: PublishedTable): string {
  if (version_before === null || version_before === undefined) return `made, ${version}`
  return `${version_before} → ${version}`
}

function Unknown({ id }: { id: string }) {
  return (
    <>
      <PageHeader title="No such publish" />
      <Empty title={`There is no publish ${id}.`} action={<To to="/lake/publishes">All publishes</To>} />
    </>
  )
}
