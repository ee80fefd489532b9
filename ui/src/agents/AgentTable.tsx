import { Group, Progress, Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import type { AgentView } from '~/api/schema'
import { TimeAgo } from '~/kit/Times'
import { type Columns, DataTable } from '~/kit/table/DataTable'
import { counted } from '~/kit/units'

export function AgentTable({ agents }: { agents: AgentView[] }) {
  return <DataTable label="Agents" rows={agents} columns={COLUMNS} rowKey={(agent) => agent.name} rowHeight={52} />
}

const COLUMNS: Columns<AgentView> = [
  { accessorKey: 'name', header: 'Agent', cell: ({ row }) => <Name agent={row.original} /> },
  {
    id: 'alive',
    header: 'State',
    accessorFn: (agent) => (agent.alive ? 0 : 1),
    cell: ({ row }) => <Alive alive={row.original.alive} />,
    meta: { width: 110 },
  },
  {
    id: 'seen',
    header: 'Last seen',
    accessorKey: 'last_seen_at',
    cell: ({ row }) => <TimeAgo at={row.original.last_seen_at} />,
    meta: { width: 140, hideBelow: 'sm' },
  },
  {
    id: 'executors',
    header: 'Executors',
    accessorFn: (agent) => agent.executors.join(', '),
    meta: { hideBelow: 'sm' },
  },
  {
    id: 'busy',
    header: 'Slots in use',
    accessorFn: (agent) => (agent.slots > 0 ? agent.running / agent.slots : 0),
    cell: ({ row }) => <Busy agent={row.original} />,
    meta: { width: '32%' },
  },
]

function Name({ agent }: { agent: AgentView }) {
  return (
    <Stack gap={2}>
      <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
        {agent.name}
      </Text>
      <Text size="xs" c="var(--polder-muted)" hiddenFrom="sm" component="div">
        {agent.executors.join(', ')}, seen <TimeAgo at={agent.last_seen_at} />
      </Text>
    </Stack>
  )
}

function Alive({ alive }: { alive: boolean }) {
  const Icon = alive ? IconCircleCheck : IconCircleX
  return (
    <Group gap={6} wrap="nowrap" c={alive ? 'var(--polder-teal)' : 'var(--polder-red)'}>
      <Icon size={16} aria-hidden />
      <Text size="sm" fw={600} inherit>
        {alive ? 'alive' : 'gone'}
      </Text>
    </Group>
  )
}

/** What an agent that is gone was running is somebody else's by now. */
function Busy({ agent }: { agent: AgentView }) {
  const { name, alive, running, slots } = agent
  if (!alive)
    return (
      <Text size="sm" c="var(--polder-muted)">
        –
      </Text>
    )
  const share = slots > 0 ? (100 * running) / slots : 0
  return (
    <Stack gap={4}>
      <Progress value={share} size="md" aria-label={`${name}: ${running} of ${counted(slots, 'slot')} busy`} />
      <Text size="xs" c="var(--polder-muted)">
        {running} of {counted(slots, 'slot')}
      </Text>
    </Stack>
  )
}
