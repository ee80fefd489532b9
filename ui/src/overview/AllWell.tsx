import { Text } from '@mantine/core'
import { IconCircleCheck, IconTool } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useGet } from '~/api/queries'
import type { RunningRun } from '~/api/schema'
import { PipelineLink, RunLink, useEnvironment } from '~/kit/Links'
import { TimeAgo } from '~/kit/Times'
import { logicalDate } from '~/kit/time'
import { counted } from '~/kit/units'
import { listed, type Part } from '~/runs/parts'
import { Sentence } from '~/runs/Sentence'
import classes from './overview.module.css'

type Props = { team: string /** What runs for something that failed before. */; mending: RunningRun[] }

/** Nothing needs anybody. What failed and runs again is not told as broken, and not as well either. */
export function AllWell({ team, mending }: Props) {
  if (mending.length > 0) return <BeingMended mending={mending} />
  return (
    <Well title="All is well" icon={<IconCircleCheck size={32} stroke={1.8} aria-hidden />}>
      Nothing is broken, nothing is late. <LastSuccess team={team} />
    </Well>
  )
}

function BeingMended({ mending }: { mending: RunningRun[] }) {
  const again = listed(mending.flatMap(({ run }) => runPart(run)))
  const title = `${counted(mending.length, 'failure')} ${mending.length === 1 ? 'is' : 'are'} being mended`
  return (
    <Well title={title} kind="mending" icon={<IconTool size={32} stroke={1.8} aria-hidden />}>
      <Sentence parts={[...again, mending.length === 1 ? ' runs again.' : ' run again.']} /> Nothing else is broken,
      nothing is late.
    </Well>
  )
}

function runPart(run: RunningRun['run']): Part {
  return { text: `${run.team}/${run.pipeline} of ${logicalDate(run)}`, to: `/runs/${run.id}` }
}

type WellProps = { title: string; icon: ReactNode; kind?: 'mending'; children: ReactNode }

function Well({ title, icon, kind, children }: WellProps) {
  return (
    <div className={classes.well} data-kind={kind}>
      {icon}
      <div>
        <Text fw={600} size="lg" component="h2" m={0}>
          {title}
        </Text>
        <Text size="sm" component="p" m={0} c="var(--mantine-color-text)">
          {children}
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
