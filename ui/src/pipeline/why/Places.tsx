import { Group, List, Text } from '@mantine/core'
import type { RunSummary } from '~/api/schema'
import { RunLink } from '~/kit/Links'
import { StatusBadge } from '~/kit/StatusBadge'
import { TimeAgo, Took } from '~/kit/Times'
import { logicalDate } from '~/kit/time'
import { Section } from './Section'

/** The runs that have the places, and those that wait for one. */
export function Places({ queued, active }: { queued: RunSummary[]; active: RunSummary[] }) {
  if (queued.length + active.length === 0) return null
  return (
    <Section title="Running and waiting">
      <List listStyleType="none" spacing="xs">
        {[...active, ...queued].map((run) => (
          <List.Item key={run.id}>
            <Group gap="sm">
              <StatusBadge status={run.status} />
              <RunLink id={run.id}>{logicalDate(run)}</RunLink>
              <Text size="sm" c="var(--polder-muted)">
                {run.started_at ? <Took from={run.started_at} to={run.ended_at} /> : <Since at={run.created_at} />}
              </Text>
            </Group>
          </List.Item>
        ))}
      </List>
    </Section>
  )
}

function Since({ at }: { at: string }) {
  return (
    <>
      asked for <TimeAgo at={at} />
    </>
  )
}
