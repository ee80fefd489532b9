import { Stack, Table, Text } from '@mantine/core'
import { useParams } from 'react-router'
import { ApiProblem } from '~/api/problem'
import { useGet } from '~/api/queries'
import type { PublishedTable, PublishView } from '~/api/schema'
import { Empty } from '~/kit/Empty'
import { shortId, To } from '~/kit/Links'
import { Loaded } from '~/kit/Loaded'
import { Notice } from '~/kit/Notice'
import { PageHeader } from '~/kit/PageHeader'
import { TimeAgo, Took } from '~/kit/Times'
import { bytes, count, counted } from '~/kit/units'
import { useOwnEnvironment } from '~/kit/useOwnEnvironment'
import { BackLinks } from './BackLinks'
import { By } from './By'
import { rowsInWords } from './change'
import { PublishState } from './PublishState'
import { RollBack } from './RollBack'
import { Section } from './Section'
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
  const { id, environment, tables, reads } = publish
  useOwnEnvironment(environment)
  return (
    <>
      <PageHeader
        title={`Publish ${shortId(id)}`}
        above={<To to="/lake/publishes">Publishes</To>}
        beside={<PublishState publish={publish} />}
        actions={<RollBack publish={publish} />}
        below={<WhenAndBy publish={publish} />}
      />
      <Stack gap="lg">
        <TakenBack publish={publish} />
        <Section title={`${counted(tables.length, 'table')}, ${rowsInWords(publish, tables)}`}>
          <Changes publish={publish} />
        </Section>
        {!publish.rolls_back && (
          <Section title="Read for it">
            <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
              {reads.length > 0 ? <Tables names={reads} /> : 'No table.'}
            </Text>
          </Section>
        )}
      </Stack>
    </>
  )
}

function WhenAndBy({ publish: { environment, created_at, run, created_by, ended_at } }: { publish: PublishView }) {
  return (
    <>
      in {environment}, <TimeAgo at={created_at} />, by <By run={run} who={created_by} environment={environment} />
      {ended_at && (
        <>
          ; seen by readers after <Took from={created_at} to={ended_at} />
        </>
      )}
    </>
  )
}

/** That it is a roll-back, or that one has taken it back. */
function TakenBack({ publish }: { publish: PublishView }) {
  const { rolls_back, rolled_back_by } = publish
  if (!rolls_back && !rolled_back_by) return null
  return (
    <Notice kind={rolled_back_by ? 'warning' : 'info'} title={rolled_back_by ? 'This was rolled back' : undefined}>
      <Text size="sm">
        This publish {rolls_back ? 'is a' : 'was'} <BackLinks publish={publish} />
        {rolls_back && !rolled_back_by && ': its tables became what they were before that'}
        {rolled_back_by && ': what it brought is in its tables no more, and it cannot be rolled back again'}.
      </Text>
    </Notice>
  )
}

function Changes({ publish }: { publish: PublishView }) {
  const { tables, rolls_back } = publish
  return (
    <Table aria-label="Tables">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Table</Table.Th>
          <Table.Th>Version</Table.Th>
          {rolls_back && <Table.Th ta="right">Rows removed</Table.Th>}
          <Table.Th ta="right">{rolls_back ? 'Rows put back' : 'Rows added'}</Table.Th>
          <Table.Th ta="right" visibleFrom="sm">
            {rolls_back ? 'Bytes put back' : 'Bytes added'}
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
            {rolls_back && <Table.Td ta="right">{count(table.rows_removed ?? 0)}</Table.Td>}
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
