/** What the list of pipelines tells of each. */
import { Badge, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import type { PipelineSummary } from '~/api/schema'
import { PipelineLink, RunLink } from '~/kit/Links'
import { RunStrip } from '~/kit/RunStrip'
import { TimeAgo, Took, Upcoming } from '~/kit/Times'
import type { Columns } from '~/kit/table/DataTable'
import { useUrl } from '~/kit/useUrl'
import classes from './pipelines.module.css'
import { StateIcon } from './StateIcon'
import { served } from './served'

export const COLUMNS: Columns<PipelineSummary> = [
  served('name', 'Pipeline', (pipeline) => <Name pipeline={pipeline} />),
  served('runs', 'Last runs', (pipeline) => <RunStrip runs={pipeline.last_runs} />, { width: 128 }),
  served('last', 'Last run', (pipeline) => <LastRun pipeline={pipeline} />, { width: 116, hideBelow: 'xs' }),
  served('next', 'Next run', (pipeline) => <NextRun pipeline={pipeline} />, { width: 150, hideBelow: 'sm' }),
  served('starts', 'Starts', (pipeline) => <Starts pipeline={pipeline} />, { width: '17%', hideBelow: 'md' }),
  served('owner', 'Owner', (pipeline) => <Owner owner={pipeline.owner} />, { width: '14%', hideBelow: 'lg' }),
]

function Name({ pipeline }: { pipeline: PipelineSummary }) {
  const { team, name, description, paused } = pipeline
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <StateIcon pipeline={pipeline} />
      <Stack gap={2} miw={0}>
        <Group gap="0 6px">
          <PipelineLink team={team} name={name} size="sm" fw={500} style={{ overflowWrap: 'anywhere' }} />
          {paused && (
            <Badge size="xs" variant="default" tt="none">
              paused
            </Badge>
          )}
        </Group>
        {description && (
          <Text size="xs" c="var(--polder-muted)" lineClamp={1} title={description}>
            {description}
          </Text>
        )}
        <Labels labels={pipeline.labels} />
      </Stack>
    </Group>
  )
}

/** A label leads to all that carry it: the server searches labels too. */
function Labels({ labels }: { labels: PipelineSummary['labels'] }) {
  const [, search] = useUrl('search')
  const given = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
  if (given.length === 0) return null
  return (
    <Group gap={4} visibleFrom="sm">
      {given.map((label) => (
        <UnstyledButton
          key={label}
          className={classes.label}
          onClick={() => search(label)}
          aria-label={`${label}: all that have it`}
        >
          {label}
        </UnstyledButton>
      ))}
    </Group>
  )
}

function LastRun({ pipeline }: { pipeline: PipelineSummary }) {
  const [run] = pipeline.last_runs
  if (!run) return <Faint>never</Faint>
  return (
    <Stack gap={0}>
      <RunLink id={run.id} size="sm" c="inherit">
        <TimeAgo at={run.ended_at ?? run.started_at ?? run.created_at} />
      </RunLink>
      <Faint>{run.started_at ? <Took from={run.started_at} to={run.ended_at} /> : 'queued'}</Faint>
    </Stack>
  )
}

function NextRun({ pipeline }: { pipeline: PipelineSummary }) {
  if (pipeline.paused) return <Faint>when resumed</Faint>
  return pipeline.next_at ? (
    <Text size="sm">
      <Upcoming at={pipeline.next_at} />
    </Text>
  ) : (
    <Faint>–</Faint>
  )
}

function Starts({ pipeline }: { pipeline: PipelineSummary }) {
  const words = pipeline.starts ?? []
  const said = words.length === 0 ? 'by hand' : words.join('; ')
  return (
    <Text size="sm" lineClamp={2} title={said} style={{ overflowWrap: 'anywhere' }}>
      {said}
    </Text>
  )
}

function Owner({ owner }: { owner: string | null | undefined }) {
  return (
    <Text size="sm" lineClamp={1} title={owner ?? undefined} style={{ overflowWrap: 'anywhere' }}>
      {owner ?? '–'}
    </Text>
  )
}

function Faint({ children }: { children: React.ReactNode }) {
  return (
    <Text size="xs" c="var(--polder-muted)">
      {children}
    </Text>
  )
}
