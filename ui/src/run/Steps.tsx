import { Group, SegmentedControl, Skeleton, Title } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useGet } from '~/api/queries'
import type { Run } from '~/api/schema'
import { useUrl } from '~/kit/useUrl'
import { definitionOf, edgeOf } from '~/pipeline/definition'
import { Gantt } from './gantt/Gantt'
import classes from './run.module.css'

const Graph = lazy(() => import('~/kit/graph/Graph'))

const VIEWS = [
  { value: 'timeline', label: 'Timeline' },
  { value: 'graph', label: 'Graph' },
  { value: 'log', label: 'Log only' },
]

type Props = { run: Run; selected: string | undefined; onSelect: (step: string) => void }

/** The steps over time, or as they depend on each other; or nothing of them, so that there is more of the log. */
export function Steps({ run, selected, onSelect }: Props) {
  // Going back leads to the view before, not away from the run.
  const [view, setView] = useUrl('view', 'timeline', { push: true })
  return (
    <>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          Steps
        </Title>
        <SegmentedControl
          size="xs"
          data={VIEWS}
          value={view}
          onChange={setView}
          aria-label="What to see of the steps"
        />
      </Group>
      {view === 'timeline' && (
        <div className={classes.steps}>
          <Gantt {...{ run, selected, onSelect }} />
        </div>
      )}
      {view === 'graph' && (
        <div className={classes.graph}>
          <Suspense fallback={<Skeleton height={120} />}>
            <StepGraph {...{ run, selected, onSelect }} />
          </Suspense>
        </div>
      )}
    </>
  )
}

function StepGraph({ run, selected, onSelect }: Props) {
  const nodes = run.steps.map(({ name, kind, status, attempts }) => ({
    id: name,
    label: name,
    below: attempts.length > 1 ? `${kind}, attempt ${attempts.length}` : kind,
    status,
  }))
  const conditions = useConditions(run)
  const edges = run.steps.flatMap(({ name, needs }) => needs.map((need) => edgeOf(need, name, conditions.get(name))))
  return <Graph label={`Steps of ${run.pipeline}`} {...{ nodes, edges, selected, onSelect }} />
}

/** When each step runs, by the definition: the run itself does not tell. Of another revision it may not be so. */
function useConditions({ team, pipeline: name, environment, revision }: Run) {
  const { data } = useGet('/api/v1/pipelines/{team}/{name}', {
    params: { path: { team, name }, query: { environment } },
  })
  const steps = data && data.revision === revision ? definitionOf(data).steps : []
  return new Map(steps.map((step) => [step.name, step.when]))
}
