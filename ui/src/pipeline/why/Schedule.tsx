import { Code, Table, Text } from '@mantine/core'
import { IconCalendarTime } from '@tabler/icons-react'
import type { Tick, TriggerView } from '~/api/schema'
import { RunLink } from '~/kit/Links'
import { TimeAgo, Upcoming } from '~/kit/Times'
import { ZONE } from '~/kit/time'
import { TriggerCard } from './TriggerCard'
import { OUTCOMES } from './words'
import { inZone, sameClock } from './zones'

type ScheduleView = Extract<TriggerView, { kind: 'schedule' }>

/** When the pipeline starts by the clock, and what came of the last times. */
export function Schedule({ trigger, paused }: { trigger: ScheduleView; paused: boolean }) {
  const { expression, meaning, timezone, next, last_ticks } = trigger
  return (
    <TriggerCard
      icon={<IconCalendarTime aria-hidden />}
      title={meaning.charAt(0).toUpperCase() + meaning.slice(1)}
      below={<Code>{expression}</Code>}
    >
      {next.length > 0 ? <Next next={next} timezone={timezone} /> : <Text size="sm">{withoutNext(paused)}</Text>}
      {last_ticks.length > 0 && <Past ticks={last_ticks} />}
    </TriggerCard>
  )
}

const withoutNext = (paused: boolean) =>
  paused ? 'It does not start it while it is paused.' : 'Schedules are off in this environment.'

function Next({ next, timezone }: { next: string[]; timezone: string }) {
  const same = sameClock(next, timezone)
  return (
    <Table aria-label="Next times" fz="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th style={{ overflowWrap: 'anywhere' }}>
            Next, in your zone ({ZONE}){!same && ` and in ${timezone}`}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {next.slice(0, 3).map((at) => (
          <Table.Tr key={at}>
            <Table.Td>
              <Upcoming at={at} />
              {!same && (
                <Text size="xs" c="var(--polder-muted)">
                  {inZone(at, timezone)}
                </Text>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Past({ ticks }: { ticks: Tick[] }) {
  return (
    <Table aria-label="Last times" fz="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Last</Table.Th>
          <Table.Th>What came of it</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {ticks.slice(0, 5).map((tick) => (
          <Table.Tr key={tick.planned_at}>
            <Table.Td>
              <TimeAgo at={tick.planned_at} />
            </Table.Td>
            <Table.Td>
              {OUTCOMES[tick.outcome]} {tick.run && <RunLink id={tick.run} size="sm" />}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
