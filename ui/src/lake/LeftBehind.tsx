import { Button, Group, Text } from '@mantine/core'
import { IconTerminal2 } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useGet } from '~/api/queries'
import type { Run } from '~/api/schema'
import { hasEnded } from '~/kit/status'
import { sqlPath } from '~/sql/link'
import { usesLake } from './kinds'

/** What a run wrote and did not publish is still there to look into. */
export function LeftBehind({ run }: { run: Run }) {
  const { id, environment } = run
  const wanted = run.status !== 'SUCCEEDED' && hasEnded(run.status) && run.steps.some(usesLake)
  const branches = useGet('/api/v1/lake/branches', { params: { query: { environment, run: id } }, enabled: wanted })
  const failed = (branches.data?.items ?? []).filter(({ state }) => state === 'FAILED')
  if (!wanted || failed.length === 0) return null
  return (
    <Group gap="sm" mb="md">
      <Button
        component={Link}
        to={sqlPath('', { environment, branch: id })}
        size="xs"
        variant="default"
        leftSection={<IconTerminal2 size={14} aria-hidden />}
      >
        Look into what it wrote
      </Button>
      <Text size="sm" c="var(--polder-muted)">
        What failed has not been published.
      </Text>
    </Group>
  )
}
