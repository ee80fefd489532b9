import { Text } from '@mantine/core'
import { useGet } from '~/api/queries'
import type { PublishedTable, Run, StepRun } from '~/api/schema'
import { shortId, To } from '~/kit/Links'
import { counted } from '~/kit/units'
import { publishPath, tablePath } from '~/sql/names'
import { PublishState } from './PublishState'

/** What a step of a run has published. */
export function Published({ run, step }: { run: Run; step: StepRun }) {
  const query = { environment: run.environment, run: run.id, limit: 500 }
  const publishes = useGet('/api/v1/lake/publishes', { params: { query } })
  const own = publishes.data?.items.filter((publish) => publish.run?.step === step.name) ?? []
  return own.map(({ id, state, tables }) => (
    <Text key={id} size="sm" component="div" mb="xs" style={{ overflowWrap: 'anywhere' }}>
      Published as{' '}
      <To to={publishPath(id)} inherit underline="always">
        {shortId(id)}
      </To>
      {state !== 'DONE' && <PublishState state={state} />}:{' '}
      {tables.map((table, place) => (
        <span key={table.name}>
          {place > 0 && ', '}
          <To to={tablePath(table.name)} inherit underline="always">
            {table.name}
          </To>{' '}
          ({counted(table.rows, 'row')} added, {versionOf(table)})
        </span>
      ))}
    </Text>
  ))
}

const versionOf = ({ version, version_before }: PublishedTable) =>
  version_before === null || version_before === undefined ? 'made by this' : `version ${version_before} → ${version}`
