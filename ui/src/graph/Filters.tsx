import { CloseButton, Group, SegmentedControl, Select, Text } from '@mantine/core'
import type { Graph } from '~/api/schema'
import { SearchField } from '~/kit/SearchField'
import { counted } from '~/kit/units'
import classes from './graph.module.css'
import type { Chosen } from './useChosen'

type Props = { graph: Graph; chosen: Chosen; found: number }

const STATES = [
  { value: '', label: 'all' },
  { value: 'broken', label: 'broken' },
  { value: 'active', label: 'active' },
]

export function Filters({ graph, chosen, found }: Props) {
  const { values, set } = chosen
  return (
    <Group gap="sm" mb="sm">
      <SearchField label="Find in the graph" width={240} />
      <Team graph={graph} chosen={chosen} />
      <SegmentedControl
        aria-label="State"
        size="xs"
        data={STATES}
        value={values.show ?? ''}
        onChange={(show) => set({ show })}
      />
      {values.focus && <Focused focus={values.focus} chosen={chosen} />}
      <Text size="sm" c="var(--polder-muted)" role="status">
        {values.search.trim() && `${counted(found, 'pipeline')} found`}
      </Text>
    </Group>
  )
}

function Team({ graph, chosen: { values, set } }: Pick<Props, 'graph' | 'chosen'>) {
  const teams = new Set(graph.nodes.map(({ team }) => team))
  if (values.team) teams.add(values.team)
  return (
    <Select
      aria-label="Team"
      placeholder="All teams"
      data={[...teams].sort()}
      value={values.team ?? null}
      onChange={(team) => set({ team: team ?? '' })}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'All teams' }}
      nothingFoundMessage="No such team"
      w={{ base: '100%', xs: 170 }}
    />
  )
}

const DEPTHS = [
  { value: '1', label: '1 step' },
  { value: '2', label: '2 steps' },
  { value: '3', label: '3 steps' },
  { value: '', label: 'all' },
]

/** That only the surroundings of one pipeline are shown, and how far. */
function Focused({ focus, chosen: { values, set } }: { focus: string; chosen: Chosen }) {
  const depth = String(values.depth ?? '')
  return (
    <div className={classes.focused}>
      <Text size="sm" className={classes.name} title={focus}>
        around <b>{focus}</b>
      </Text>
      <SegmentedControl
        aria-label={`How far around ${focus}`}
        size="xs"
        data={DEPTHS}
        value={DEPTHS.some(({ value }) => value === depth) ? depth : ''}
        onChange={(chosen) => set({ depth: chosen })}
      />
      <CloseButton size="sm" aria-label="Show everything" onClick={() => set({ focus: '', depth: '' })} />
    </div>
  )
}
