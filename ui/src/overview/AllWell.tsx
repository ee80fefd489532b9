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

type Props = { running: RunningRun[] }

/** Nothing needs anybody. What failed and runs again is not told as broken, and not as well either; nor is what follows it. */
export function Calm({ team, running }: Props & { team: string }) {
  if (running.some(({ mends, follows }) => mends || follows)) return <Mending running={running} />
  return (
    <Well title="All is well" icon={<IconCircleCheck size={32} stroke={1.8} aria-hidden />}>
      Nothing is broken, nothing is late. <LastSuccess team={team} />
    </Well>
  )
}

/** What is done about failures, if anything is. */
export function Mending({ running }: Props) {
  const mending = running.filter(({ mends }) => mends)
  const following = running.filter(({ mends, follows }) => follows && !mends)
  if (mending.length + following.length === 0) return null
  return (
    <Well
      title={doing(mending.length, following.length)}
      kind="mending"
      icon={<IconTool size={32} stroke={1.8} aria-hidden />}
    >
      <Deeds runs={mending} one="runs again" more="run again" />
      <Deeds runs={following} one="follows what was mended" more="follow what was mended" />
      Nothing else is broken, nothing is late.
    </Well>
  )
}

function doing(mending: number, following: number): string {
  if (mending > 0) return `${counted(mending, 'failure')} ${mending === 1 ? 'is' : 'are'} being mended`
  return `${counted(following, 'run')} ${following === 1 ? 'follows' : 'follow'} what was mended`
}

function Deeds({ runs, one, more }: { runs: RunningRun[]; one: string; more: string }) {
  if (runs.length === 0) return null
  return <Sentence parts={[...listed(runs.map(({ run }) => runPart(run))), ` ${runs.length === 1 ? one : more}. `]} />
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
