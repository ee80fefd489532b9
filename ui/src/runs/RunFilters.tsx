import { Box, Chip, Group, Stack, Text, TextInput } from '@mantine/core'
import type { RunStatus } from '~/api/schema'
import { SearchField } from '~/kit/SearchField'
import { lookOf } from '~/kit/status'
import { TeamSelect } from '~/pipelines/TeamSelect'
import type { Filters } from '~/pipelines/useFilters'
import { PipelineSelect } from './PipelineSelect'

export const FILTERS = ['search', 'status', 'team', 'pipeline', 'since'] as const
export type RunFilters = Filters<(typeof FILTERS)[number]>

const STATUSES: RunStatus[] = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']

/** `FAILED,TIMED_OUT` in the address; what no status is, is left out. */
export function statusesOf(status: string | undefined): RunStatus[] {
  return STATUSES.filter((one) => status?.split(',').includes(one))
}

export function RunFilterBar({ filters }: { filters: RunFilters }) {
  const { values, set } = filters
  return (
    <Stack gap="sm" mb="md">
      <Group gap="sm">
        <Box w={{ base: '100%', xs: 280 }}>
          <SearchField label="Search runs" width="100%" />
        </Box>
        <TeamSelect team={values.team} onTeam={(team) => set({ team, pipeline: '' })} />
        <PipelineSelect
          team={values.team}
          pipeline={values.pipeline}
          onPipeline={(team, pipeline) => set({ team, pipeline })}
        />
        <Since since={values.since} onSince={(since) => set({ since })} />
      </Group>
      <StatusChips status={values.status} onStatus={(status) => set({ status })} />
    </Stack>
  )
}

function Since({ since, onSince }: { since: string | undefined; onSince: (day: string) => void }) {
  return (
    <TextInput
      type="date"
      aria-label="About this day or later"
      leftSection={
        <Text size="sm" c="var(--polder-muted)">
          since
        </Text>
      }
      leftSectionWidth={56}
      value={since ?? ''}
      onChange={(event) => onSince(event.currentTarget.value)}
    />
  )
}

function StatusChips({ status, onStatus }: { status: string | undefined; onStatus: (status: string) => void }) {
  return (
    <Chip.Group multiple value={statusesOf(status)} onChange={(chosen) => onStatus(chosen.join(','))}>
      <Group gap={6} role="group" aria-label="Status">
        {STATUSES.map((one) => (
          <Chip key={one} value={one} size="xs" variant="outline">
            {lookOf(one).word}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  )
}
