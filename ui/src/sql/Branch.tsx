import { Text } from '@mantine/core'
import { useGet } from '~/api/queries'
import { RunLink, shortId, To } from '~/kit/Links'
import { Notice } from '~/kit/Notice'

/** The id of a run, as opposed to the name of a branch. */
const RUN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const WORDS: Record<string, string> = {
  OPEN: 'It is being written just now, and changes.',
  FAILED: 'The step failed, so nothing of this was published: readers see every table as it was before.',
  PUBLISHED: 'It was published since.',
}

/** Says that what is seen here is not what others see. */
export function Branch({ id, environment }: { id: string; environment: string }) {
  const run = RUN.test(id) ? id : undefined
  const branches = useGet('/api/v1/lake/branches', {
    params: { query: { environment, ...(run ? { run } : {}) } },
    enabled: run !== undefined,
  })
  const states = new Set(branches.data?.items.map(({ state }) => state))
  const state = [...states][0]
  return (
    <Notice kind="warning" title="You look at an unpublished branch">
      <Text size="sm">
        Tables are as {run ? <RunLink id={run} inherit underline="always">{`run ${shortId(run)}`}</RunLink> : id} left
        them. {states.size === 1 && state ? WORDS[state] : 'Nobody else sees this.'}{' '}
        <To to="/sql" inherit underline="always">
          To what is published
        </To>
      </Text>
    </Notice>
  )
}
