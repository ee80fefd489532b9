import { Badge, Group, Text } from '@mantine/core'
import { IconBox, IconCircleX, IconPlayerPause } from '@tabler/icons-react'
import type { Broken, Overview, PipelineView } from '~/api/schema'
import { RunLink, runPath, To } from '~/kit/Links'
import { StatusBadge } from '~/kit/StatusBadge'
import { lookOf } from '~/kit/status'
import classes from '~/kit/status.module.css'
import { logicalDate } from '~/kit/time'
import { counted } from '~/kit/units'
import { behindOf, stateOf } from '~/runs/held'
import { failuresPath } from '~/runs/paths'
import { Sentence } from '~/runs/Sentence'
import { useReason, useTroubles } from '~/runs/useTroubles'

/** How the pipeline stands: as lists, the graph and the overview have it, and what has come of its newest run. */
export function State({ pipeline }: { pipeline: PipelineView }) {
  const overview = useTroubles(pipeline.environment, pipeline.team)
  const broken = overview?.broken.find(({ run }) => run.pipeline_id === pipeline.id)
  return (
    <Group gap="xs">
      {pipeline.state === 'broken' ? <IsBroken broken={broken} /> : <LastRun pipeline={pipeline} />}
      {overview && <IsBehind pipeline={pipeline} overview={overview} />}
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
    <To to={runPath(last.id)} aria-label={`The last run: ${word}`} display="inline-flex">
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

/** What it waits for, although its last run may have succeeded. */
function IsBehind({ pipeline, overview }: { pipeline: PipelineView; overview: Overview }) {
  const behind = behindOf(overview, pipeline)
  const state = stateOf(behind)
  const reason = useReason(behind, overview)
  if (!state) return null
  return (
    <>
      <StatusBadge status={state} />
      <Text span size="sm">
        <Sentence parts={reason} />
      </Text>
    </>
  )
}

/** An older date may have failed and not been mended, however the newest run has ended. */
function IsBroken({ broken }: { broken: Broken | undefined }) {
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
