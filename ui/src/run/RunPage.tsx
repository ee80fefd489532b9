import { useParams } from 'react-router'
import { ApiProblem } from '~/api/problem'
import { useGet } from '~/api/queries'
import type { Run } from '~/api/schema'
import { Empty } from '~/kit/Empty'
import { To } from '~/kit/Links'
import { Loaded } from '~/kit/Loaded'
import { PageHeader } from '~/kit/PageHeader'
import { hasFailed } from '~/kit/status'
import { useOwnEnvironment } from '~/kit/useOwnEnvironment'
import { useUrl } from '~/kit/useUrl'
import { LeftBehind } from '~/lake/LeftBehind'
import { HoldsBack } from './HoldsBack'
import { fateOf } from './hints'
import { RunError } from './RunError'
import { RunFacts } from './RunFacts'
import { RunHeader } from './RunHeader'
import classes from './run.module.css'
import { StepPanel } from './StepPanel'
import { Steps } from './Steps'
import { StillPublished } from './StillPublished'
import { useSelection } from './selection'
import { useRepeats } from './useRepeats'

/** Other runs that this one starts begin shortly after its end; nothing tells that they are its own. */
const AFTERMATH = 90_000
const LOOK_AGAIN = 5_000

export function RunPage() {
  const { id = '' } = useParams()
  const query = useGet('/api/v1/runs/{id}', {
    params: { path: { id } },
    placeholderData: undefined,
    refetchInterval: ({ state }) => (state.data && mayStartMore(state.data) ? LOOK_AGAIN : false),
  })
  if (isUnknown(query.error)) return <NoSuchRun id={id} />
  return <Loaded query={query}>{(run) => <Shown key={run.id} run={run} />}</Loaded>
}

function mayStartMore(run: Run): boolean {
  if (!run.terminal || !run.ended_at) return false
  const fresh = Date.now() - new Date(run.ended_at).getTime() < AFTERMATH
  return fresh || (run.started ?? []).some(({ status }) => status === 'QUEUED' || status === 'RUNNING')
}

function Shown({ run }: { run: Run }) {
  const { step, attempt, select } = useSelection(run)
  const [view] = useUrl('view', 'timeline')
  useOwnEnvironment(run.environment)
  const fate = fateOf(useRepeats(run))
  return (
    <div className={classes.page}>
      <RunHeader run={run} />
      {view !== 'log' && (
        <>
          <RunError error={run.error} fate={fate} began={Boolean(run.started_at)}>
            {hasFailed(run.status) && <StillPublished run={run} />}
            {hasFailed(run.status) && fate !== 'mended' && <HoldsBack run={run} />}
          </RunError>
          <LeftBehind run={run} />
          <RunFacts run={run} />
        </>
      )}
      <Steps run={run} selected={step?.name} onSelect={select} />
      {step && <StepPanel run={run} step={step} attempt={attempt} select={select} />}
    </div>
  )
}

const isUnknown = (error: unknown) => error instanceof ApiProblem && [400, 404, 422].includes(error.status)

function NoSuchRun({ id }: { id: string }) {
  return (
    <>
      <PageHeader title="No such run" />
      <Empty
        title={`There is no run ${id} that you may see.`}
        command="polder runs"
        action={<To to="/runs">All runs</To>}
      >
        It may be of another workspace, or of a team that you are not let into.
      </Empty>
    </>
  )
}
