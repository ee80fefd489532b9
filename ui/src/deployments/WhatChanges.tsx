import { List, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { answer, api } from '~/api/client'
import { get } from '~/api/queries'
import type { PipelineChange, Plan, Revision } from '~/api/schema'
import { Mistakes } from '~/kit/Failure'
import { Loaded } from '~/kit/Loaded'
import { planInWords } from './plans'

const FILES = '/api/v1/revisions/{id}/files'

/** What deploying the files of the revision would change now. */
async function plan({ id, environment }: Revision, signal: AbortSignal): Promise<Plan> {
  const { files } = await get(FILES, { path: { id } }, signal)
  return answer(api.POST('/api/v1/plans', { body: { environment, files }, signal }))
}

/** What going back to a revision would do. */
export function WhatChanges({ revision }: { revision: Revision }) {
  const query = useQuery({
    queryKey: ['/api/v1/plans', { revision: revision.id }],
    queryFn: ({ signal }) => plan(revision, signal),
    staleTime: 0,
  })
  return (
    <Stack gap="sm">
      <Text size="sm">
        It makes a new revision with the same files as revision {revision.number}. New runs use it; runs that are under
        way go on with the one that they began with.
      </Text>
      <Loaded query={query}>{(known) => <Known plan={known} />}</Loaded>
    </Stack>
  )
}

function Known({ plan }: { plan: Plan }) {
  const { files, pipelines } = planInWords(plan)
  return (
    <>
      <Text size="sm">Against the current revision: {files}</Text>
      {pipelines.length > 0 && (
        <List size="sm" aria-label="Pipelines that change">
          {pipelines.map((change) => (
            <Change key={change.name} change={change} />
          ))}
        </List>
      )}
      {plan.warnings.length > 0 && (
        <div>
          <Text size="sm" fw={600}>
            Worth knowing
          </Text>
          <Mistakes mistakes={plan.warnings} />
        </div>
      )}
    </>
  )
}

function Change({ change }: { change: PipelineChange }) {
  return (
    <List.Item>
      <b>{change.name}</b> is {change.change}
      {change.differences.length > 0 && `: ${change.differences.join(', ')}`}
    </List.Item>
  )
}
