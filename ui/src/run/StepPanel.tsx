import { Group, SegmentedControl, Title } from '@mantine/core'
import type { Attempt, Run, RunError as RunFailure, StepRun } from '~/api/schema'
import { StatusBadge } from '~/kit/StatusBadge'
import { useUrl } from '~/kit/useUrl'
import { usesLake } from '~/lake/kinds'
import { Progress } from '~/lake/Progress'
import { Published } from '~/lake/Published'
import { AttemptFacts } from './AttemptFacts'
import { Attempts } from './Attempts'
import { Checks } from './checks/Checks'
import { fateOf } from './hints'
import { LogView } from './log/LogView'
import { NoLog } from './NoLog'
import { Outputs } from './Outputs'
import { RejectedRows } from './RejectedRows'
import { RunError } from './RunError'
import classes from './run.module.css'
import { useRepeats } from './useRepeats'

type Props = { run: Run; step: StepRun; attempt: Attempt | undefined; select: (step: string, epoch?: number) => void }

/** One step: how it went, what it printed, what it gave on. */
export function StepPanel({ run, step, attempt, select }: Props) {
  const [tab] = useTab(step)
  const [view] = useUrl('view', 'timeline')
  const fate = fateOf(useRepeats(run))
  const error = attempt?.error ?? (attempt?.epoch === step.epoch || !attempt ? step.error : null)
  return (
    <>
      <Group justify="space-between" mb="xs" gap="xs">
        <Group gap="sm">
          <Title order={2} size="h4" style={{ overflowWrap: 'anywhere' }}>
            {step.name}
          </Title>
          <StatusBadge status={step.status} />
          {attempt && step.attempts.length > 1 && <Attempts {...{ step, attempt, select }} />}
        </Group>
        <Tabs step={step} />
      </Group>
      {view !== 'log' && attempt && <AttemptFacts step={step} attempt={attempt} />}
      {view !== 'log' && error && !isSaid(error, run) && (
        <RunError error={error} fate={fate} began={Boolean(attempt?.started_at)} mb="xs" />
      )}
      <RejectedRows run={run} step={step} />
      {usesLake(step) && <Progress {...{ run, step, attempt }} />}
      {usesLake(step) && <Published run={run} step={step} />}
      {tab === 'outputs' && <Outputs step={step} />}
      {tab === 'checks' && <Checks key={step.name} {...{ run, step, attempt }} />}
      {tab === 'log' && <Log run={run} step={step} attempt={attempt} />}
    </>
  )
}

/** Whether the run's own error says as much already. */
function isSaid(error: RunFailure, { error: whole }: Run): boolean {
  return whole?.code === 'ABORTED' ? error.code === 'ABORTED' : Boolean(whole?.message.endsWith(error.message))
}

/** What one sees first of a step is what became of its models, if it has any; but for who asks for the log only. */
function useTab({ kind }: StepRun): [string, (tab: string) => void] {
  const hasModels = kind === 'models'
  const [view] = useUrl('view', 'timeline')
  const [tab, setTab] = useUrl('tab', hasModels && view !== 'log' ? 'checks' : 'log')
  const known = tab === 'outputs' || tab === 'log' || (tab === 'checks' && hasModels)
  return [known ? tab : 'log', setTab]
}

function Tabs({ step }: { step: StepRun }) {
  const [tab, setTab] = useTab(step)
  const data = [
    ...(step.kind === 'models' ? [{ value: 'checks', label: 'Models and tests' }] : []),
    { value: 'log', label: 'Log' },
    { value: 'outputs', label: `Outputs (${Object.keys(step.outputs).length})` },
  ]
  return <SegmentedControl size="xs" data={data} value={tab} onChange={setTab} aria-label="What to see of this step" />
}

function Log({ run, step, attempt }: Omit<Props, 'select'>) {
  const other = step.child_run && !attempt?.log_lines
  return attempt && !other ? <AttemptLog {...{ run, step, attempt }} /> : <NoLog run={run} step={step} />
}

function AttemptLog({ run, step, attempt }: { run: Run; step: StepRun; attempt: Attempt }) {
  const live = !attempt.ended_at && !run.terminal
  const of = { run: run.id, step: step.name, epoch: attempt.epoch }
  return (
    <div className={classes.log}>
      <LogView
        key={`${of.step}/${of.epoch}`}
        attempt={of}
        live={live}
        unstarted={!attempt.started_at}
        lines={attempt.log_lines}
        failed={Boolean(attempt.error)}
      />
    </div>
  )
}
