import { Group, Progress, Text } from '@mantine/core'
import type { RunningRun } from '~/api/schema'
import { PipelineLink, RunLink } from '~/kit/Links'
import { useNow } from '~/kit/now'
import { StatusIcon } from '~/kit/StatusBadge'
import { TimeAgo } from '~/kit/Times'
import { logicalDate, secondsBetween } from '~/kit/time'
import { duration, elapsed } from '~/kit/units'
import classes from './overview.module.css'

/** Runs that are active, each as far as it usually would be. */
export function RunningList({ running }: { running: RunningRun[] }) {
  return (
    <ul className={classes.list}>
      {running.map((one) => (
        <li key={one.run.id} className={classes.row}>
          <Group gap={8} wrap="nowrap">
            <StatusIcon status={one.run.status} />
            <PipelineLink team={one.run.team} name={one.run.pipeline} className={classes.name} size="sm" />
            <RunLink id={one.run.id} size="xs" style={{ whiteSpace: 'nowrap' }}>
              {logicalDate(one.run)}
            </RunLink>
          </Group>
          {one.run.started_at ? <Going running={one} since={one.run.started_at} /> : <Queued at={one.run.created_at} />}
        </li>
      ))}
    </ul>
  )
}

function Queued({ at }: { at: string }) {
  return (
    <Text size="xs" c="var(--polder-muted)">
      queued <TimeAgo at={at} />
    </Text>
  )
}

function Going({ running: { run, steps, usual_seconds: usual }, since }: { running: RunningRun; since: string }) {
  const now = useNow('often')
  const seconds = secondsBetween(since, null, now)
  const share = usual ? Math.min(100, Math.max(0, (100 * seconds) / usual)) : 0
  return (
    <>
      {usual ? (
        <Progress
          value={share}
          size={4}
          my={4}
          color={seconds > 2 * usual ? 'var(--polder-orange)' : 'var(--polder-blue)'}
          aria-label={`${run.pipeline}: share of the usual ${duration(usual)}`}
        />
      ) : null}
      <Group gap={8} justify="space-between" wrap="nowrap" fz="xs" c="var(--polder-muted)">
        <span className={classes.name}>{steps.join(', ')}</span>
        <span style={{ whiteSpace: 'nowrap' }}>
          {elapsed(seconds)}
          {usual ? ` of about ${duration(usual)}` : ''}
        </span>
      </Group>
    </>
  )
}
