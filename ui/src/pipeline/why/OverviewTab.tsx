import { Grid, Stack } from '@mantine/core'
import { useGet } from '~/api/queries'
import type { PipelineView } from '~/api/schema'
import { Loaded } from '~/kit/Loaded'
import { named } from '../usePipeline'
import { LastRun } from './LastRun'
import { Places } from './Places'
import { Steps } from './Steps'
import { WhyNot } from './WhyNot'

/** The steps, what starts the pipeline, and why it has (not) run. */
export function OverviewTab({ pipeline }: { pipeline: PipelineView }) {
  const why = useGet('/api/v1/pipelines/{team}/{name}/why', { params: named(pipeline) })
  return (
    <Grid gap="xl">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Loaded query={why} lines={6}>
          {(known) => <WhyNot why={known} job={pipeline.job} />}
        </Loaded>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Stack gap="xl">
          <LastRun runs={pipeline.last_runs} />
          {why.data && <Places queued={why.data.queued} active={why.data.active} />}
        </Stack>
      </Grid.Col>
      <Grid.Col span={12}>
        <Steps pipeline={pipeline} />
      </Grid.Col>
    </Grid>
  )
}
