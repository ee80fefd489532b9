import { Button, Group, SegmentedControl, Text } from '@mantine/core'
import { usePages } from '~/api/queries'
import type { PipelineHistory, PipelineView } from '~/api/schema'
import { Empty } from '~/kit/Empty'
import { Loaded } from '~/kit/Loaded'
import { counted } from '~/kit/units'
import { useUrl } from '~/kit/useUrl'
import { named } from '../usePipeline'
import { Section } from '../why/Section'
import { Grid } from './Grid'
import { History } from './history'
import { Runs } from './Runs'

const FORMS = [
  { value: 'grid', label: 'Grid' },
  { value: 'table', label: 'Table' },
]

/** The runs of the pipeline, step by step, and how long they took. */
export default function HistoryTab({ pipeline }: { pipeline: PipelineView }) {
  const pages = usePages('/api/v1/pipelines/{team}/{name}/history', { params: named(pipeline) })
  return (
    <Loaded query={pages} lines={6}>
      {(data) => <Known pages={pages} all={data.pages as PipelineHistory[]} pipeline={pipeline} />}
    </Loaded>
  )
}

type Paging = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }

function Known({ pages, all, pipeline }: { pages: Paging; all: PipelineHistory[]; pipeline: PipelineView }) {
  const [form, setForm] = useUrl('as', 'grid')
  const history = History.of(all)
  if (history.runs.length === 0) {
    return <Empty title="It has never run here." command={`polder run ${pipeline.team}/${pipeline.name}`} />
  }
  return (
    <Section title="Runs and steps">
      <Group justify="space-between">
        <Text size="sm" c="var(--polder-muted)">
          {counted(history.runs.length, 'run')}
          {pages.hasNextPage && ', the newest'}. {history.usual}
        </Text>
        <Group gap="xs">
          {pages.hasNextPage && (
            <Button
              size="xs"
              variant="default"
              loading={pages.isFetchingNextPage}
              onClick={() => pages.fetchNextPage()}
            >
              Load older
            </Button>
          )}
          <SegmentedControl aria-label="Form of the history" size="xs" data={FORMS} value={form} onChange={setForm} />
        </Group>
      </Group>
      {form === 'table' ? <Runs history={history} /> : <Grid history={history} />}
    </Section>
  )
}
