import { Group, Tooltip } from '@mantine/core'
import type { Run } from '~/api/schema'
import { RevisionNumber } from '~/deployments/RevisionNumber'
import { PipelineLink, RunLink, To } from '~/kit/Links'
import { PageHeader } from '~/kit/PageHeader'
import { StatusBadge, StatusIcon } from '~/kit/StatusBadge'
import { TimeAgo, Took } from '~/kit/Times'
import { logicalDate } from '~/kit/time'
import { Reason } from '~/runs/Reason'
import { RunActions } from './RunActions'
import { useRepeats } from './useRepeats'

/** What ran, when, why and from what. */
export function RunHeader({ run }: { run: Run }) {
  return (
    <PageHeader
      title={logicalDate(run)}
      tab={`${run.pipeline} ${logicalDate(run)}`}
      above={
        <>
          <PipelineLink team={run.team} name={run.pipeline} environment={run.environment} />
          {run.environment !== 'prod' && ` · ${run.environment}`}
        </>
      }
      beside={<StatusBadge status={run.status} size="lg" />}
      below={<Story run={run} />}
      actions={<RunActions run={run} />}
    />
  )
}

function Story({ run }: { run: Run }) {
  const again = useRepeats(run)
  return (
    <Group gap="2px 16px">
      <span>
        started: <Reason reason={run.reason} />, <TimeAgo at={run.created_at} />
      </span>
      <span>
        {howLong(run)} <Took from={run.started_at ?? run.created_at} to={run.ended_at} />
      </span>
      {run.revision && (
        <Tooltip label={`Pinned to the revision ${run.revision}`}>
          <span>
            revision{' '}
            <To to={`/deployments/${run.revision}`} inherit underline="always">
              <RevisionNumber id={run.revision} />
            </To>
          </span>
        </Tooltip>
      )}
      {run.rerun_of && run.reason.kind !== 'rerun' && (
        <span>
          repeats <RunLink id={run.rerun_of} inherit underline="always" />
        </span>
      )}
      {again.length > 0 && (
        <Group gap={6} component="span">
          run again as
          {again.map(({ id, status }) => (
            <Group key={id} gap={2} component="span">
              <StatusIcon status={status} size={14} />
              <RunLink id={id} inherit underline="always" />
            </Group>
          ))}
        </Group>
      )}
    </Group>
  )
}

/** A run that was ended in the queue took no time. */
function howLong({ terminal, started_at, status }: Run): string {
  if (terminal) return started_at ? 'took' : 'never started; queued for'
  return status === 'QUEUED' ? 'queued for' : 'running for'
}
