import { Badge, Group, Text } from '@mantine/core'
import { IconBox, IconCircleX, IconPlayerPause } from '@tabler/icons-react'
import { useGet } from '~/api/queries'
import type { Broken, PipelineView } from '~/api/schema'
import { RunLink, runPath, To } from '~/kit/Links'
import { StatusBadge } from '~/kit/StatusBadge'
import { lookOf } from '~/kit/status'
import classes from '~/kit/status.module.css'
import { logicalDate } from '~/kit/time'
import { counted } from '~/kit/units'
import { failuresPath } from '~/runs/paths'

/** How the pipeline stands: as lists, the graph and the overview have it, and what has come of its newest run. */
export function State({ pipeline }: { pipeline: PipelineView }) {
  return (
    <Group gap="xs">
      {pipeline.state === 'broken' ? <IsBroken pipeline={pipeline} /> : <LastRun pipeline={pipeline} />}
      {pipeline.paused && (
        <Badge variant="default" tt="none" leftSection={<IconPlayerPause size={13} aria-hidden />}>
          paused
        </Badge>
      )}
      {pipeline.job && (
        <Badge variant="default" tt="none" leftSection={<IconBox size={13} aria-hidden />}>
          job
        </Badge>
      )}
    </Group>
  )
}

/** That a run was aborted tells nothing of the pipeline: somebody did that. */
function LastRun({ pipeline }: { pipeline: PipelineView }) {
  const last = pipeline.last_runs[0]
  if (!last) return null
  const { word } = lookOf(last.status)
  return (
    <To to={runPath(last.id)} aria-label={`The last run: ${word}`}>
      {last.status === 'ABORTED' ? (
        <Text span size="sm">
          last run aborted
        </Text>
      ) : (
        <StatusBadge status={last.status} style={{ cursor: 'pointer' }} />
      )}
    </To>
  )
}

/** An older date may have failed and not been mended, however the newest run has ended. */
function IsBroken({ pipeline }: { pipeline: PipelineView }) {
  const broken = useBroken(pipeline)
  return (
    <>
      <Badge
        variant="light"
        className={classes.badge}
        data-color="red"
        leftSection={<IconCircleX size={13} stroke={2.4} aria-hidden />}
      >
        broken
      </Badge>
      {broken && <Failed broken={broken} />}
    </>
  )
}

function useBroken({ id, team, environment }: PipelineView): Broken | undefined {
  const { data } = useGet('/api/v1/overview', { params: { query: { environment, team } } })
  return data?.broken.find(({ run }) => run.pipeline_id === id)
}

function Failed({ broken: { run, failures, newest } }: { broken: Broken }) {
  return (
    <Text span size="sm">
      <RunLink id={run.id} inherit underline="always">
        {logicalDate(run)}
      </RunLink>{' '}
      {lookOf(run.status).word}
      {failures > 1 && (
        <>
          , and{' '}
          <To to={failuresPath(run)} inherit underline="always">
            {counted(failures - 1, 'other date')}
          </To>
        </>
      )}
      {!newest && '; other dates have succeeded since'}
    </Text>
  )
}
