import { Box, Chip, Group, Stack } from '@mantine/core'
import { SearchField } from '~/kit/SearchField'
import { lookOf } from '~/kit/status'
import { TeamSelect } from '~/pipelines/TeamSelect'
import type { Filters } from '~/pipelines/useFilters'
import { DayField } from './DayField'
import { PipelineSelect } from './PipelineSelect'
import { STATUSES, statusesOf } from './wanted'

export const FILTERS = ['search', 'status', 'team', 'pipeline', 'since', 'until'] as const
export type RunFilters = Filters<(typeof FILTERS)[number]>

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
        <Group gap={6} role="group" aria-label="The date that a run is about" w={{ base: '100%', xs: 'auto' }}>
          <DayField word="date from" day={values.since} onDay={(since) => set({ since })} />
          <DayField word="to" day={values.until} onDay={(until) => set({ until })} />
        </Group>
      </Group>
      <StatusChips status={values.status} onStatus={(status) => set({ status })} />
    </Stack>
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
