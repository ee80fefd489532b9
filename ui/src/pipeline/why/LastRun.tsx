import { Code, Group, Paper, Stack, Text } from '@mantine/core'
import type { RunSummary } from '~/api/schema'
import { RunLink } from '~/kit/Links'
import { RunStrip } from '~/kit/RunStrip'
import { StatusBadge } from '~/kit/StatusBadge'
import { TimeAgo, Took } from '~/kit/Times'
import { logicalDate } from '~/kit/time'
import { Reason } from '~/runs/Reason'
import { Section } from './Section'

/** The newest run: how it ended, and what started it; and how those before it went. */
export function LastRun({ runs }: { runs: RunSummary[] }) {
  const [run] = runs
  return (
    <Section title="Last run">
      {run ? <Known run={run} /> : <Never />}
      {runs.length > 1 && <RunStrip runs={runs} places={Math.min(PLACES, runs.length)} height={36} />}
    </Section>
  )
}

/** As many bars as a phone has room for. */
const PLACES = 28

function Known({ run }: { run: RunSummary }) {
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Group gap="sm" justify="space-between">
          <Group gap="sm">
            <StatusBadge status={run.status} />
            <RunLink id={run.id}>{logicalDate(run)}</RunLink>
          </Group>
          <Text size="sm" c="var(--polder-muted)">
            <TimeAgo at={run.created_at} />, <Took from={run.started_at} to={run.ended_at} />
          </Text>
        </Group>
        <Text size="sm" component="div">
          Started: <Reason reason={run.reason} />
        </Text>
        {run.error && (
          <Code block fz="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {run.error.message}
          </Code>
        )}
      </Stack>
    </Paper>
  )
}

function Never() {
  return (
    <Text size="sm" c="var(--polder-muted)">
      It has never run here.
    </Text>
  )
}
