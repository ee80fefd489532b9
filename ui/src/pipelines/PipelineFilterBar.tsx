import { Box, Group, SegmentedControl } from '@mantine/core'
import type { PipelineState } from '~/api/schema'
import { SearchField } from '~/kit/SearchField'
import { STATES } from './StateIcon'
import { TeamSelect } from './TeamSelect'
import type { Filters } from './useFilters'

export const FILTERS = ['search', 'team', 'state'] as const
export type PipelineFilters = Filters<(typeof FILTERS)[number]>

const CHOICES = [
  { value: '', label: 'all' },
  ...Object.entries(STATES).map(([value, { word }]) => ({ value, label: word })),
]

/** The state in the address, if it is one. */
export const stateOf = (state: string | undefined) => (state && state in STATES ? (state as PipelineState) : undefined)

export function PipelineFilterBar({ filters: { values, set } }: { filters: PipelineFilters }) {
  return (
    <Group gap="sm" mb="md">
      <Box w={{ base: '100%', xs: 280 }}>
        <SearchField label="Search pipelines" width="100%" />
      </Box>
      <TeamSelect team={values.team} onTeam={(team) => set({ team })} />
      <SegmentedControl
        aria-label="State"
        size="xs"
        data={CHOICES}
        value={stateOf(values.state) ?? ''}
        onChange={(state) => set({ state })}
      />
    </Group>
  )
}
