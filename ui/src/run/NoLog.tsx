import type { ReactNode } from 'react'
import type { Run, StepRun } from '~/api/schema'
import { Empty } from '~/kit/Empty'
import { RunLink, To } from '~/kit/Links'
import { hasEnded } from '~/kit/status'

/** Why a step has no log. */
export function NoLog({ run, step }: { run: Run; step: StepRun }) {
  const [title, more] = textOf(run, step)
  return <Empty title={title}>{more}</Empty>
}

function textOf(run: Run, step: StepRun): [string, ReactNode] {
  if (step.child_run) {
    const there = (
      <RunLink id={step.child_run} underline="always">
        run {step.child_run.slice(-8)}
      </RunLink>
    )
    return ['This step runs another pipeline.', <>What that printed is in {there}.</>]
  }
  if (step.taken_from) {
    const there = (
      <RunLink id={step.taken_from} underline="always">
        run {step.taken_from.slice(-8)}
      </RunLink>
    )
    return ['Nothing was run here.', <>The result was taken over from {there}, where its log is.</>]
  }
  if (step.status === 'SKIPPED' && run.status === 'ABORTED') return ['This step never started.', whenAborted(run)]
  if (step.status === 'SKIPPED')
    return ['This step was skipped.', step.error?.message ?? 'What it needs did not succeed.']
  if (hasEnded(step.status) || run.terminal)
    return ['This step never started.', run.status === 'ABORTED' ? whenAborted(run) : step.error?.message]
  if (run.status === 'QUEUED') return ['The run is queued.', <BehindOthers key="queued" run={run} />]
  const waits = unfinished(run, step)
  if (waits.length > 0) return ['Not started yet.', `It waits for ${waits.join(', ')}.`]
  return ['Not started yet.', 'It waits for an agent that has room for it.']
}

const whenAborted = ({ started_at }: Run) =>
  started_at ? 'The run was aborted before its turn came.' : 'The run was aborted while it was queued.'

function BehindOthers({ run }: { run: Run }) {
  const query = new URLSearchParams({ team: run.team, pipeline: run.pipeline, status: 'RUNNING,QUEUED' })
  return (
    <>
      It begins when there is room for it:{' '}
      <To to={`/runs?${query}`} underline="always">
        earlier runs of this pipeline
      </To>{' '}
      go first.
    </>
  )
}

function unfinished(run: Run, step: StepRun): string[] {
  const isOpen = (name: string) => run.steps.some((other) => other.name === name && !hasEnded(other.status))
  return step.needs.filter(isOpen)
}
