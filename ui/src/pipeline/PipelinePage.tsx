import { Skeleton, Stack } from '@mantine/core'
import { type ComponentType, lazy, Suspense } from 'react'
import { useParams } from 'react-router'
import { ApiProblem } from '~/api/problem'
import type { PipelineView } from '~/api/schema'
import { Empty } from '~/kit/Empty'
import { PipelineLink, To } from '~/kit/Links'
import { Loaded } from '~/kit/Loaded'
import { PageHeader } from '~/kit/PageHeader'
import { MissingSecrets } from './MissingSecrets'
import { PipelineHeader } from './PipelineHeader'
import { RunDialog } from './run/RunDialog'
import { Tabs } from './Tabs'
import { Unknown } from './Unknown'
import { type Name, usePipeline, usePipelineName } from './usePipeline'
import { OverviewTab } from './why/OverviewTab'

type View = { title: string; content: ComponentType<{ pipeline: PipelineView }> }

const VIEWS: Record<string, View> = {
  overview: { title: 'Overview', content: OverviewTab },
  history: { title: 'History', content: lazy(() => import('./history/HistoryTab')) },
  definition: { title: 'Definition', content: lazy(() => import('./definition/DefinitionTab')) },
  revisions: { title: 'Revisions', content: lazy(() => import('./RevisionsTab')) },
}

/** All about one pipeline. */
export function PipelinePage() {
  const name = usePipelineName()
  const query = usePipeline(name)
  // Until the pipeline is known, and if it is not there, the page still says which one it is about.
  return (
    <>
      {!query.data && (
        <PageHeader
          title={name.name}
          above={<To to={`/pipelines?team=${encodeURIComponent(name.team)}`}>{name.team}</To>}
        />
      )}
      {isUnknown(query.error) ? (
        <Unknown of={name} />
      ) : (
        <Loaded query={query} lines={8}>
          {(pipeline) => <Known pipeline={pipeline} name={name} />}
        </Loaded>
      )}
    </>
  )
}

const isUnknown = (error: unknown) => error instanceof ApiProblem && error.status === 404

function Known({ pipeline, name }: { pipeline: PipelineView; name: Name }) {
  const { tab = 'overview' } = useParams()
  const view = VIEWS[tab]
  return (
    <>
      <PipelineHeader pipeline={pipeline} tab={view?.title} />
      <Tabs name={name} current={tab} views={Object.entries(VIEWS).map(([key, { title }]) => ({ key, title }))} />
      <Stack gap="xl">
        <MissingSecrets pipeline={pipeline} />
        <Suspense fallback={<Skeleton height={320} />}>
          {view ? <view.content pipeline={pipeline} /> : <NoView tab={tab} name={name} />}
        </Suspense>
      </Stack>
      <RunDialog pipeline={pipeline} />
    </>
  )
}

function NoView({ tab, name }: { tab: string; name: Name }) {
  return (
    <Empty title={`There is no view “${tab}” of a pipeline.`}>
      Go to the overview of <PipelineLink team={name.team} name={name.name} />.
    </Empty>
  )
}
