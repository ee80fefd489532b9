import { Button, Stack, Text } from '@mantine/core'
import { IconTerminal2 } from '@tabler/icons-react'
import { Link, useParams } from 'react-router'
import { useGet } from '~/api/queries'
import type { LakeTable } from '~/api/schema'
import { Empty } from '~/kit/Empty'
import { To, useEnvironment } from '~/kit/Links'
import { Loaded } from '~/kit/Loaded'
import { PageHeader } from '~/kit/PageHeader'
import { TimeAgo } from '~/kit/Times'
import { sqlPath } from '~/sql/link'
import { selectFrom } from '~/sql/names'
import { By } from './By'
import { ColumnList } from './ColumnList'
import { Facts } from './Facts'
import { History } from './History'
import { ReadBy } from './ReadBy'
import { pairOf } from './rejected'
import { Sample } from './Sample'
import { Tables } from './Tables'
import { WhereRejected } from './WhereRejected'

/** Rows that a query of the whole table begins with. */
const LIMIT = 1_000

/** One table: what it is like, and how it became so. */
export function TablePage() {
  const { name = '' } = useParams()
  const environment = useEnvironment()
  const [fits] = pairOf(name)
  // Names are searched for as parts of others; those that hold a whole name are few.
  const query = { environment, search: fits, limit: 500 }
  const tables = useGet('/api/v1/lake/tables', { params: { query }, placeholderData: undefined })
  const called = (name: string) => tables.data?.items.find((one) => one.name.toLowerCase() === name.toLowerCase())
  const found = called(name)
  return (
    <>
      {!found && <PageHeader title={name} above={<To to="/lake">Lake</To>} />}
      <Loaded query={tables} lines={8}>
        {() =>
          found ? (
            <Known table={found} pair={pairOf(name).map(called)} environment={environment} />
          ) : (
            <Unknown name={name} environment={environment} />
          )
        }
      </Loaded>
    </>
  )
}

type Props = { table: LakeTable; pair: Pair; environment: string }
/** The table that has the rows that fit, and the one that has those that do not. */
type Pair = (LakeTable | undefined)[]

function Known({ table, pair, environment }: Props) {
  const { name, facts, version, published_at, run, created_by } = table
  return (
    <>
      <PageHeader
        title={name}
        above={<To to="/lake">Lake</To>}
        below={
          <>
            version {version}, published <TimeAgo at={published_at} /> by <By run={run} who={created_by} />
          </>
        }
        actions={
          <Button
            component={Link}
            to={sqlPath(selectFrom(name, LIMIT), { environment })}
            state={{ run: true }}
            leftSection={<IconTerminal2 size={16} aria-hidden />}
          >
            Query it
          </Button>
        }
      />
      <Stack gap="xl">
        {facts?.description && <Text style={{ whiteSpace: 'pre-line' }}>{facts.description}</Text>}
        <Beside table={table} pair={pair} />
        {facts && <Facts facts={facts} />}
        {facts && <ColumnList facts={facts} />}
        <Sample {...{ name, version, environment }} columns={facts?.columns.map((column) => column.name) ?? []} />
        <History name={name} environment={environment} />
        <ReadBy name={name} environment={environment} />
      </Stack>
    </>
  )
}

/** From a table to the rows that did not fit, and back. */
function Beside({ table, pair: [fits, rejected] }: Omit<Props, 'environment'>) {
  const rows = rejected?.facts?.rows_total ?? 0
  if (!fits || !rejected || (table === fits && rows === 0)) return null
  return (
    <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
      {table === fits ? (
        <WhereRejected table={rejected.name} rows={rows} />
      ) : (
        <>
          Rows that do not fit into <Tables names={[fits.name]} />, each with a reason
        </>
      )}
      .
    </Text>
  )
}

function Unknown({ name, environment }: { name: string; environment: string }) {
  return (
    <Empty title={`There is no table ${name} in ${environment}`} action={<To to="/lake">All tables</To>}>
      It may be in another environment, or nothing has published it yet.
    </Empty>
  )
}
