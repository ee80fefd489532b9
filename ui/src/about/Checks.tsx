import { Group, Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconCircleDashed, IconCircleX } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import { explain } from '~/api/problem'
import { useGet } from '~/api/queries'
import { TimeAgo } from '~/kit/Times'

/** How often is looked, in milliseconds. */
const EVERY = 5_000
const LIVE = { refetchInterval: EVERY, staleTime: 0, retry: false } as const

/** Asked anew while one looks: what monitoring asks, too. */
export function Checks() {
  const health = useGet('/api/v1/health', LIVE)
  const ready = useGet('/api/v1/ready', LIVE)
  return (
    <Stack gap="sm">
      <Check query={health} good="Alive" bad="Does not answer" path="/api/v1/health" says="The server answers." />
      <Check
        query={ready}
        good="Ready"
        bad="Not ready"
        path="/api/v1/ready"
        says="Its database answers, and work is taken."
      />
    </Stack>
  )
}

type Props = { query: UseQueryResult<unknown>; good: string; bad: string; path: string; says: string }

function Check({ query, good, bad, path, says }: Props) {
  const { error, isPending, dataUpdatedAt, errorUpdatedAt } = query
  const look = error ? BAD : isPending ? UNKNOWN : GOOD
  const Icon = look.icon
  const at = Math.max(dataUpdatedAt, errorUpdatedAt)
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <Icon size={22} aria-hidden color={look.color} />
      <div>
        <Text size="sm" fw={600} role="status">
          {error ? bad : isPending ? 'Looking …' : good}
        </Text>
        <Text size="sm">{error ? explain(error).title : says}</Text>
        <Text size="xs" c="var(--polder-muted)" component="div">
          GET {path}
          {at > 0 && (
            <>
              , asked <TimeAgo at={new Date(at).toISOString()} />
            </>
          )}
        </Text>
      </div>
    </Group>
  )
}

const GOOD = { icon: IconCircleCheck, color: 'var(--polder-teal)' }
const BAD = { icon: IconCircleX, color: 'var(--polder-red)' }
const UNKNOWN = { icon: IconCircleDashed, color: 'var(--polder-gray)' }
