import { Text } from '@mantine/core'
import { useGet } from '~/api/queries'
import { Failure } from '~/kit/Failure'
import { RunLink, shortId, To } from '~/kit/Links'
import { Notice } from '~/kit/Notice'
import { stateOf } from '~/lake/branchWords'
import { useWritten, Written } from '~/lake/Written'

/** The id of a run, which may be all of it, or followed by the step and the attempt that a branch is of. */
const RUN = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-\d+-\d+)?$/i

const WORDS: Record<string, string> = {
  OPEN: 'It is being written just now, and changes.',
  FAILED: 'The step failed, so nothing of this was published: readers see these tables as they were before.',
  PUBLISHED: 'It was published since.',
  BEFORE_RESET: 'The environment was reset since, so nobody else sees this.',
}

/** Says that what is seen here is not what others see; once it is known that there is such a branch. */
export function Branch({ id, environment }: { id: string; environment: string }) {
  const written = useWritten(id)
  if (written.error) return <Failure error={written.error} />
  if (!written.data) return null
  const { items } = written.data
  return (
    <Notice kind="warning" title="You look at an unpublished branch">
      <Text size="sm" component="div">
        Tables are as <Whose id={id} environment={environment} />{' '}
        <To to="/sql" inherit underline="always">
          To what is published
        </To>
      </Text>
      {items.length > 0 && (
        <>
          <Text size="sm" mt={6}>
            It wrote:
          </Text>
          <Written tables={items} branch={id} environment={environment} />
        </>
      )}
    </Notice>
  )
}

/** The run that wrote it, if one did, and what became of that. */
function Whose({ id, environment }: { id: string; environment: string }) {
  const run = RUN.exec(id)?.[1]
  const branches = useGet('/api/v1/lake/branches', {
    params: { query: { environment, ...(run ? { run } : {}) } },
  })
  const own = branches.data?.items.filter(({ name }) => id === run || name === id)
  const states = new Set(own?.map(stateOf))
  const state = [...states][0]
  return (
    <>
      {run ? <RunLink id={run} inherit underline="always">{`run ${shortId(run)}`}</RunLink> : id} left them.{' '}
      {states.size === 1 && state ? WORDS[state] : 'Nobody else sees this.'}
    </>
  )
}
