import { Text } from '@mantine/core'
import { Hint } from './Hint'
import { useNow, useNowAfter } from './now'
import { absolute, ago, relative, secondsBetween, upcoming } from './time'
import { duration, elapsed } from './units'

/** `3 min. ago`, with the absolute time on hover and for screen readers. */
export function TimeAgo({ at }: { at: string }) {
  const now = useNowAfter(at)
  return (
    <Hint label={absolute(at)}>
      <Text span inherit component="time" dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {ago(at, now)}
      </Text>
    </Hint>
  )
}

/** `tomorrow 03:00` in the viewer's zone. */
export function Upcoming({ at }: { at: string }) {
  const now = useNow()
  return (
    <Hint label={`${relative(at, now)} · ${absolute(at)}`}>
      <Text span inherit component="time" dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {upcoming(at, now)}
      </Text>
    </Hint>
  )
}

type Span = { from: string | null | undefined; to: string | null | undefined }

/** How long something took; counts up while it goes on. */
export function Took({ from, to }: Span) {
  if (!from) return '–'
  return to ? duration(secondsBetween(from, to, 0)) : <Counting from={from} />
}

function Counting({ from }: { from: string }) {
  const now = useNow('often')
  return <>{elapsed(secondsBetween(from, null, now))}</>
}
