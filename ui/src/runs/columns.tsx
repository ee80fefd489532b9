/** What the list of runs tells of each. On a narrow page, what has no column stands below the pipeline. */
import { Box, Stack, Text } from '@mantine/core'
import type { CSSProperties } from 'react'
import type { RunSummary } from '~/api/schema'
import { PipelineLink, RunLink } from '~/kit/Links'
import { StatusBadge, StatusIcon } from '~/kit/StatusBadge'
import { TimeAgo, Took } from '~/kit/Times'
import type { Columns } from '~/kit/table/DataTable'
import { logicalDate } from '~/kit/time'
import { served } from '~/pipelines/served'
import { Reason } from './Reason'
import classes from './runs.module.css'

export const COLUMNS: Columns<RunSummary> = [
  served('status', 'Status', (run) => <Status run={run} />, { width: 1 }),
  served('pipeline', 'Pipeline', (run) => <Pipeline run={run} />, {}),
  served('date', 'Date', (run) => <Day run={run} />, { width: 1 }),
  served(
    'reason',
    'Started',
    (run) => (
      <Small>
        <Reason reason={run.reason} />
      </Small>
    ),
    { hideBelow: 'sm' },
  ),
  served(
    'created',
    'Created',
    (run) => (
      <Small>
        <TimeAgo at={run.created_at} />
      </Small>
    ),
    { width: 1, hideBelow: 'xs' },
  ),
  served(
    'took',
    'Took',
    (run) => (
      <Small nowrap>
        <Took from={run.started_at} to={run.ended_at} />
      </Small>
    ),
    {
      width: 1,
      align: 'right',
      hideBelow: 'xs',
    },
  ),
  served('error', 'Error', (run) => <Why run={run} />, { hideBelow: 'md', width: '19%' }),
]

function Small({ children, nowrap }: { children: React.ReactNode; nowrap?: boolean }) {
  return (
    <Text size="sm" component="span" style={nowrap ? { whiteSpace: 'nowrap' } : undefined}>
      {children}
    </Text>
  )
}

function Status({ run }: { run: RunSummary }) {
  return (
    <RunLink id={run.id} underline="never">
      <StatusBadge
        status={run.status}
        visibleFrom="sm"
        miw="max-content"
        style={{ cursor: 'pointer', verticalAlign: 'middle' }}
      />
      <Box component="span" hiddenFrom="sm">
        <StatusIcon status={run.status} size={18} />
      </Box>
    </RunLink>
  )
}

function Day({ run }: { run: RunSummary }) {
  return (
    <RunLink id={run.id} size="sm" style={{ whiteSpace: 'nowrap' }}>
      {logicalDate(run)}
    </RunLink>
  )
}

function Pipeline({ run }: { run: RunSummary }) {
  const length = run.team.length + 1 + run.pipeline.length
  return (
    <Stack gap={0} className={classes.pipeline} style={{ '--length': length } as CSSProperties}>
      <PipelineLink team={run.team} name={run.pipeline} environment={run.environment} size="sm" fw={500} />
      <Text size="xs" c="var(--polder-muted)" hiddenFrom="sm" component="div">
        <Reason reason={run.reason} />
      </Text>
    </Stack>
  )
}

function Why({ run }: { run: RunSummary }) {
  if (!run.error) return null
  return (
    <Text size="sm" c="var(--polder-red)" lineClamp={2} title={run.error.message} style={{ overflowWrap: 'anywhere' }}>
      {run.error.message}
    </Text>
  )
}
