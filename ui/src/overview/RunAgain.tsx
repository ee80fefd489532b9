import { Box } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { answer, api } from '~/api/client'
import type { RunSummary } from '~/api/schema'
import { RunLink } from '~/kit/Links'
import { MayButton } from '~/kit/MayButton'
import { logicalDate } from '~/kit/time'
import { useAction } from '~/kit/useAction'
import { fromWhere } from '~/run/hints'
import { useMay } from '~/session/session'

/** Runs it once more, as it is deployed now: what failed, while steps that succeeded keep their results, or all of it if that is what it takes. */
export function RunAgain({ run }: { run: RunSummary }) {
  const may = useMay('operator', run.team)
  const from = fromWhere(run.error?.code)
  const where = from === 'failed' ? 'from failed' : 'from the start'
  const again = useAction({
    run: () => rerun(run.id, from),
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
      aria-label={`Run again ${where}: ${run.pipeline}`}
      onClick={() => again.mutate()}
    >
      Run again
      <Box component="span" visibleFrom="xs">
        &nbsp;{where}
      </Box>
    </MayButton>
  )
}

function rerun(id: string, from: 'failed' | 'start') {
  const body = { from, revision: 'latest' } as const
  return answer(api.POST('/api/v1/runs/{id}/rerun', { params: { path: { id } }, body }))
}
