import { ActionIcon, Button, Group, Loader, Text, Tooltip } from '@mantine/core'
import {
  IconArrowBarToDown,
  IconArrowBarToUp,
  IconChevronDown,
  IconChevronUp,
  IconClock,
  IconDownload,
  IconFilter,
  IconPlayerPause,
  IconPlayerPlay,
  IconTextWrap,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { counted, count as number } from '~/kit/units'
import { useUrl } from '~/kit/useUrl'
import { useHasExpired } from '~/session/session'
import { type Attempt, addressOf } from './address'
import { LogSearch } from './LogSearch'
import classes from './log.module.css'
import type { TailState } from './tail'
import type { useMatches } from './useLog'

type Props = {
  attempt: Attempt
  live: boolean
  tail: TailState | undefined
  count: number
  following: boolean
  follow: (yes: boolean) => void
  step: (way: 1 | -1) => void
  toStart: () => void
  toEnd: () => void
  found: ReturnType<typeof useMatches>
  line: number | undefined
  search: string
}

/** What can be done with a log. */
export function Bar(props: Props) {
  const { attempt, live, tail, count, toStart, toEnd } = props
  const hasExpired = useHasExpired()
  return (
    <div className={classes.bar}>
      <LogSearch {...props} />
      {props.search && <Finds {...props} />}
      <span className={classes.grow} />
      <Text size="xs" c="var(--polder-muted)" data-tail={tail}>
        <span role="status">{tail === 'lost' && !hasExpired && 'connection lost; trying again · '}</span>
        {counted(count, 'line')}
      </Text>
      {live && <Follow {...props} />}
      <Group gap={2} wrap="nowrap">
        <Toggle name="time" byDefault="0" label="Times" icon={<IconClock size={17} aria-hidden />} />
        <Toggle name="wrap" byDefault="1" label="Wrap long lines" icon={<IconTextWrap size={17} aria-hidden />} />
        <Do label="First line (Home)" does={toStart} icon={<IconArrowBarToUp size={17} aria-hidden />} />
        <Do label="Last line (End)" does={toEnd} icon={<IconArrowBarToDown size={17} aria-hidden />} />
        <Tooltip label="Download">
          <ActionIcon
            component="a"
            href={addressOf(attempt, { format: 'text' })}
            download
            variant="subtle"
            color="gray"
            aria-label="Download"
          >
            <IconDownload size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
    </div>
  )
}

function Follow({ following, follow, toEnd }: Props) {
  return (
    <Button
      size="compact-sm"
      variant={following ? 'light' : 'default'}
      aria-pressed={following}
      leftSection={following ? <IconPlayerPause size={14} aria-hidden /> : <IconPlayerPlay size={14} aria-hidden />}
      onClick={() => (following ? follow(false) : toEnd())}
    >
      {following ? 'Following' : 'Follow'}
    </Button>
  )
}

function Finds({ found, line, step }: Props) {
  const { lines, busy } = found
  return (
    <Group gap={2} wrap="nowrap">
      <Text size="xs" role="status" px={4} data-matches={lines.length} style={{ whiteSpace: 'nowrap' }}>
        {busy && lines.length === 0 ? <Loader size={12} aria-label="Searching" /> : wordsOf(found, line)}
      </Text>
      <Do label="Previous match (N)" does={() => step(-1)} icon={<IconChevronUp size={17} aria-hidden />} />
      <Do label="Next match (n)" does={() => step(1)} icon={<IconChevronDown size={17} aria-hidden />} />
      <Toggle name="only" byDefault="0" label="Only lines with a match" icon={<IconFilter size={17} aria-hidden />} />
    </Group>
  )
}

/** `3 of 120`; `+` where there are more than were looked for. */
function wordsOf({ lines, all, error }: Props['found'], line: number | undefined): string {
  if (error) return 'the search failed'
  if (lines.length === 0) return all ? 'no match' : 'searching'
  const total = `${number(lines.length)}${all ? '' : '+'}`
  const at = line === undefined ? -1 : lines.findIndex((match) => match.line === line)
  return at < 0 ? `${total} ${lines.length === 1 ? 'match' : 'matches'}` : `${number(at + 1)} of ${total}`
}

function Do({ label, does, icon }: { label: string; does: () => void; icon: ReactNode }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={does}>
        {icon}
      </ActionIcon>
    </Tooltip>
  )
}

/** Something that is on or off, and stands in the address when it is not as always. */
function Toggle({
  name,
  label,
  icon,
  byDefault = '',
}: {
  name: string
  label: string
  icon: ReactNode
  byDefault?: string
}) {
  const [value, set] = useUrl(name, byDefault)
  const on = value === '1'
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={on ? 'light' : 'subtle'}
        color={on ? undefined : 'gray'}
        aria-label={label}
        aria-pressed={on}
        onClick={() => set(on ? '0' : '1')}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  )
}
