import { Text } from '@mantine/core'
import { useGet } from '~/api/queries'
import type { PublishedTable, PublishView, Run, StepRun } from '~/api/schema'
import { shortId, To } from '~/kit/Links'
import { counted } from '~/kit/units'
import { publishPath } from '~/sql/names'
import { BackLinks } from './BackLinks'
import { PublishState } from './PublishState'
import { isOfRejected } from './rejected'
import { Tables } from './Tables'

/** What a step of a run has published. */
export function Published({ run, step }: { run: Run; step: StepRun }) {
  const query = { environment: run.environment, run: run.id, limit: 500 }
  const publishes = useGet('/api/v1/lake/publishes', { params: { query } })
  const own = publishes.data?.items.filter((publish) => publish.run?.step === step.name) ?? []
  return own.map((publish) => <One key={publish.id} publish={publish} />)
}

function One({ publish }: { publish: PublishView }) {
  const { id, state, tables, rolled_back_by } = publish
  return (
    <Text size="sm" component="div" mb="xs" style={{ overflowWrap: 'anywhere' }}>
      Published as{' '}
      <To to={publishPath(id)} inherit underline="always">
        {shortId(id)}
      </To>
      {state !== 'DONE' && <PublishState publish={publish} />}
      {rolled_back_by && (
        <>
          , <BackLinks publish={publish} />
        </>
      )}
      :{' '}
      {tables.map((table, place) => (
        <span key={table.name}>
          {place > 0 && ', '}
          <Tables names={[table.name]} /> ({counted(table.rows, 'row')}{' '}
          {isOfRejected(table.name) ? 'rejected' : 'added'}, {versionOf(table)})
        </span>
      ))}
    </Text>
  )
}

const versionOf = ({ version, version_before }: PublishedTable) =>
  version_before === null || version_before === undefined ? 'made by this' : `version ${version_before} → ${version}`
