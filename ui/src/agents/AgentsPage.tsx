import { Group, Stack, Text } from '@mantine/core'
import { useGet } from '~/api/queries'
import type { AgentView } from '~/api/schema'
import { Empty } from '~/kit/Empty'
import { Loaded } from '~/kit/Loaded'
import { PageHeader } from '~/kit/PageHeader'
import { SearchField } from '~/kit/SearchField'
import { useUrl } from '~/kit/useUrl'
import { AgentTable } from './AgentTable'

/** Agents are no news of the stream of changes; they are asked about as often as this, in milliseconds. */
const EVERY = 10_000

export function AgentsPage() {
  const [search] = useUrl('search')
  const agents = useGet('/api/v1/agents', { params: { query: search ? { search } : {} }, refetchInterval: EVERY })
  return (
    <>
      <PageHeader
        title="Agents"
        below="An agent fetches steps from the server, runs as many at the same time as it has slots, and sends their logs. The server brings one of its own."
      />
      <Stack gap="sm">
        <Group justify="space-between">
          <SearchField label="Name or executor" />
          {agents.data && <Free agents={agents.data.items} />}
        </Group>
        <Loaded query={agents}>
          {({ items }) => (items.length > 0 ? <AgentTable agents={items} /> : <NoAgents search={search} />)}
        </Loaded>
      </Stack>
    </>
  )
}

function Free({ agents }: { agents: AgentView[] }) {
  const alive = agents.filter((agent) => agent.alive)
  const sum = (of: (agent: AgentView) => number) => alive.reduce((all, agent) => all + of(agent), 0)
  return (
    <Text size="sm" c="var(--polder-muted)">
      {alive.length} of {agents.length} alive, {sum((agent) => agent.running)} of {sum((agent) => agent.slots)} slots
      busy
    </Text>
  )
}

function NoAgents({ search }: { search: string }) {
  if (search) return <Empty title={`No agent has “${search}” in its name or executors`} />
  return (
    <Empty title="No agent has come yet" command="polder server">
      Steps wait until one does. The server’s own begins with the server.
    </Empty>
  )
}
