/** What a list of publishes tells of each. */
import { Text } from '@mantine/core'
import type { PublishView } from '~/api/schema'
import { To } from '~/kit/Links'
import { TimeAgo } from '~/kit/Times'
import type { Columns } from '~/kit/table/DataTable'
import { bytes, counted } from '~/kit/units'
import { served } from '~/pipelines/served'
import { publishPath } from '~/sql/names'
import { BackLinks } from './BackLinks'
import { By } from './By'
import { rejectedInWords, rowsChanged, written } from './change'
import { PublishState } from './PublishState'
import { Tables } from './Tables'

/** Tables that are named; of more, how many there are. */
const NAMED = 3

export const COLUMNS: Columns<PublishView> = [
  served('state', 'State', (publish) => <PublishState publish={publish} />, { width: 1, hideBelow: 'xs' }),
  served(
    'when',
    'Published',
    ({ id, created_at }) => (
      <To to={publishPath(id)} size="sm" style={{ whiteSpace: 'nowrap' }}>
        <TimeAgo at={created_at} />
      </To>
    ),
    { width: 1 },
  ),
  served('tables', 'Tables', (publish) => <What publish={publish} />, {}),
  served('rows', 'Rows added', (publish) => <Rows publish={publish} />, { align: 'right', width: 120 }),
  served('bytes', 'Bytes added', (publish) => <Small>{bytes(sum(publish))}</Small>, {
    align: 'right',
    width: 120,
    hideBelow: 'md',
  }),
  served(
    'by',
    'By',
    (publish) => (
      <Small>
        <Maker publish={publish} />
      </Small>
    ),
    { hideBelow: 'sm', width: '26%' },
  ),
]

const sum = ({ tables }: PublishView) => tables.reduce((all, table) => all + table.bytes, 0)

const Maker = ({ publish }: { publish: PublishView }) => (
  <By run={publish.run} who={publish.created_by} environment={publish.environment} />
)

function Small({ children }: { children: React.ReactNode }) {
  return (
    <Text size="sm" component="span" style={{ overflowWrap: 'anywhere' }}>
      {children}
    </Text>
  )
}

function Rows({ publish }: { publish: PublishView }) {
  return (
    <>
      <Small>{rowsChanged(publish, written(publish.tables))}</Small>
      <Text size="xs" c="var(--polder-muted)" component="div">
        {rejectedInWords(publish, publish.tables)}
      </Text>
    </>
  )
}

function What({ publish }: { publish: PublishView }) {
  const { tables } = publish
  const others = tables.length - NAMED
  return (
    <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
      <Tables names={tables.slice(0, NAMED).map(({ name }) => name)} />
      {others > 0 && ` and ${counted(others, 'other')}`}
      <Text size="xs" c="var(--polder-muted)" component="div">
        <BackLinks publish={publish} />
      </Text>
      <Text size="xs" c="var(--polder-muted)" hiddenFrom="sm" component="div">
        <Maker publish={publish} />
      </Text>
    </Text>
  )
}
