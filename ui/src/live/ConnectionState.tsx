import { Badge, Button, Group, Text } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { Hint } from '~/kit/Hint'
import { useNow } from '~/kit/now'
import { relative } from '~/kit/time'
import { useHasExpired } from '~/session/session'
import classes from './connection.module.css'
import { useConnection } from './useLive'

/** `live`, or since when it is not: what stands on the page is then as old as that. */
export function ConnectionState() {
  const { state, since } = useConnection()
  const now = useNow()
  const hasExpired = useHasExpired()
  if (hasExpired) return <Paused />
  if (state === 'lost') return <Lost since={relative(new Date(since), Math.max(now, since))} />
  const live = state === 'live'
  return (
    <Hint label={live ? 'Changes show by themselves' : 'Connecting to the server'}>
      <Text span size="sm" className={classes.live} data-live={live} role="status" data-connection={state}>
        {live ? 'live' : 'connecting'}
      </Text>
    </Hint>
  )
}

/** The server ends the stream with the session: the connection is as good as before. */
function Paused() {
  return (
    <Text span size="sm" className={classes.live} data-live={false} role="status" data-connection="paused">
      paused
    </Text>
  )
}

function Lost({ since }: { since: string }) {
  return (
    <Group gap="xs" wrap="nowrap" role="status" data-connection="lost">
      <Badge color="red" variant="filled" leftSection={<IconPlugConnectedX size={14} aria-hidden />} tt="none">
        connection lost {since}; trying again
      </Badge>
      <Button size="compact-xs" variant="default" onClick={() => window.dispatchEvent(new Event('online'))}>
        Try now
      </Button>
    </Group>
  )
}
