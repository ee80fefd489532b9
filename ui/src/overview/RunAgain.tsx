import { Box } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { answer, api } from '~/api/client'
import type { RunSummary } from '~/api/schema'
import { RunLink } from '~/kit/Links'
import { MayButton } from '~/kit/MayButton'
import { logicalDate } from '~/kit/time'
import { useAction } from '~/kit/useAction'
import { useMay } from '~/session/session'

/** Runs what failed once more, as it is deployed now; steps that succeeded keep their results. */
export function RunAgain({ run }: { run: RunSummary }) {
  const may = useMay('operator', run.team)
  const again = useAction({
    run: () => rerun(run.id),
    done: ({ id }) => (
      <>
        {run.pipeline} runs again for{' '}
        <RunLink id={id} inherit underline="always">
          {logicalDate(run)}
        </RunLink>
      </>
    ),
    stale: ['/api/v1/overview'],
  })
  return (
    <MayButton
      may={may}
      who={`an operator of ${run.team}`}
      size="compact-sm"
      variant="light"
      leftSection={<IconRefresh size={14} aria-hidden />}
      loading={again.isPending}
      aria-label={`Run again from failed: ${run.pipeline}`}
      onClick={() => again.mutate()}
    >
      Run again
      <Box component="span" visibleFrom="xs">
        &nbsp;from failed
      </Box>
    </MayButton>
  )
}

function rerun(id: string) {
  const body = { from: 'failed', revision: 'latest' } as const
  return answer(api.POST('/api/v1/runs/{id}/rerun', { params: { path: { id } }, body }))
}
