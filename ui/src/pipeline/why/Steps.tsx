import { Skeleton, Text } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useGet } from '~/api/queries'
import type { PipelineView, Run } from '~/api/schema'
import { groupBy } from '~/kit/groupBy'
import { RunLink, runPath } from '~/kit/Links'
import { logicalDate } from '~/kit/time'
import { counted } from '~/kit/units'
import { definitionOf, doing, edgeOf, type Step } from '../definition'
import { Section } from './Section'

const Graph = lazy(() => import('~/kit/graph/Graph'))

/** The graph of the steps as they are defined now, with how each stands in the last run. */
export function Steps({ pipeline }: { pipeline: PipelineView }) {
  const { steps } = definitionOf(pipeline)
  const last = pipeline.last_runs[0]
  const { data: run } = useGet('/api/v1/runs/{id}', {
    params: { path: { id: last?.id ?? '' } },
    enabled: last !== undefined,
  })
  return (
    <Section title="Steps">
      <Text size="sm" c="var(--polder-muted)">
        {counted(steps.length, 'step')}
        {last && (
          <>
            , as {steps.length === 1 ? 'it stands' : 'they stand'} in the last run{' '}
            <RunLink id={last.id} underline="always">
              of {logicalDate(last)}
            </RunLink>
          </>
        )}
      </Text>
      <Suspense fallback={<Skeleton height={160} />}>
        <Graph
          label={`Steps of ${pipeline.name}`}
          nodes={nodesOf(steps, last ? run : undefined)}
          edges={edgesOf(steps)}
          height={heightFor(steps)}
        />
      </Suspense>
    </Section>
  )
}

function nodesOf(steps: Step[], run: Run | undefined) {
  return steps.map((step) => {
    const status = run?.steps.find(({ name }) => name === step.name)?.status
    return {
      id: step.name,
      label: step.name,
      below: doing(step.kind),
      ...(status && run ? { status, to: `${runPath(run.id)}?step=${encodeURIComponent(step.name)}` } : {}),
    }
  })
}

const edgesOf = (steps: Step[]) =>
  steps.flatMap(({ name, needs, when }) => needs.map((need) => edgeOf(need, name, when)))

/** As high as the most steps that may stand above each other, and no higher than reads well. */
function heightFor(steps: Step[]): number {
  const widest = Math.max(
    1,
    ...[...groupBy(steps, ({ needs }) => needs.join('\n')).values()].map((side) => side.length),
  )
  return Math.min(460, 100 + widest * 70)
}
