import { Text } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useGet } from '~/api/queries'
import { PipelineLink, RunLink, useEnvironment } from '~/kit/Links'
import { TimeAgo } from '~/kit/Times'
import { logicalDate } from '~/kit/time'
import classes from './overview.module.css'

/** Nothing needs anybody. */
export function AllWell({ team }: { team: string }) {
  return (
    <div className={classes.well}>
      <IconCircleCheck size={32} stroke={1.8} aria-hidden />
      <div>
        <Text fw={600} size="lg" component="h2" m={0}>
          All is well
        </Text>
        <Text size="sm" component="p" m={0} c="var(--mantine-color-text)">
          Nothing is broken, nothing is late. <LastSuccess team={team} />
        </Text>
      </div>
    </div>
  )
}

function LastSuccess({ team }: { team: string }) {
  const environment = useEnvironment()
  const query = { environment, status: ['SUCCEEDED' as const], limit: 1, ...(team && { team }) }
  const { data } = useGet('/api/v1/runs', { params: { query } })
  const run = data?.items[0]
  if (!run) return null
  return (
    <>
      Last success: <PipelineLink team={run.team} name={run.pipeline} inherit underline="always" /> for{' '}
      <RunLink id={run.id} inherit underline="always">
        {logicalDate(run)}
      </RunLink>
      , <TimeAgo at={run.ended_at ?? run.created_at} />.
    </>
  )
}
