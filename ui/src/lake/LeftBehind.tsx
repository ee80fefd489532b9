import { Anchor, Text } from '@mantine/core'
import { Link } from 'react-router'
import { useGet } from '~/api/queries'
import type { BranchView, Run } from '~/api/schema'
import { Failure } from '~/kit/Failure'
import { hasEnded } from '~/kit/status'
import { sqlPath } from '~/sql/link'
import { newestFailed } from './branches'
import { usesLake } from './kinds'
import { useWritten, Written } from './Written'

/** What a run wrote and did not publish is still there to look into. */
export function LeftBehind({ run }: { run: Run }) {
  const { id, environment } = run
  const wanted = run.status !== 'SUCCEEDED' && hasEnded(run.status) && run.steps.some(usesLake)
  const branches = useGet('/api/v1/lake/branches', { params: { query: { environment, run: id } }, enabled: wanted })
  if (!wanted) return null
  return newestFailed(branches.data?.items ?? []).map((branch) => <Left key={branch.id} branch={branch} />)
}

function Left({ branch: { name, step, environment } }: { branch: BranchView }) {
  const written = useWritten(name)
  if (written.error) return <Failure error={written.error} />
  if (!written.data) return null
  const { items } = written.data
  if (items.length === 0) return null
  return (
    <section aria-label={`What step ${step} wrote`} style={{ marginBlockEnd: 'var(--mantine-spacing-md)' }}>
      <Text size="sm">
        Step {step} wrote this and did not publish it. It can be looked into{' '}
        <Anchor component={Link} to={sqlPath('', { environment, branch: name })} inherit underline="always">
          on its branch
        </Anchor>
        :
      </Text>
      <Written tables={items} branch={name} environment={environment} />
    </section>
  )
}
