import { Stack, Text, Title } from '@mantine/core'
import { IconArrowsJoin } from '@tabler/icons-react'
import type { ExpressionView, FiredDay, SkippedMatch, TriggerView, Why } from '~/api/schema'
import { RunLink } from '~/kit/Links'
import { TimeAgo } from '~/kit/Times'
import { logicalDate } from '~/kit/time'
import { Expression } from './Expression'
import { First } from './First'
import type { About } from './Instead'
import { TriggerCard } from './TriggerCard'
import { lastFirst, usedBy } from './used'
import { span } from './words'

type ExecutionsView = Extract<TriggerView, { kind: 'executions' }>

/** Which runs of other pipelines start this one, what is there of them, and what is not. */
export function Executions({ trigger, why }: { trigger: ExecutionsView; why: Why }) {
  const { within, timezone, waiting, fired, skipped } = trigger
  const events = usedBy(why.last_run)
  const used = { events, days: within === 'day' ? fired.map(({ day }) => day) : [], timezone }
  const about = { environment: why.environment, daily: within === 'day', used }
  return (
    <TriggerCard
      icon={<IconArrowsJoin aria-hidden />}
      title="When other pipelines have run"
      below={scope(within, timezone)}
    >
      <First of={2} items={waiting} what="days">
        {({ day, expression }) => <Waits key={day ?? ''} expression={expression} about={{ ...about, day }} />}
      </First>
      {fired.length > 0 && <Fired fired={lastFirst(fired, why.last_run)} />}
      {skipped.length > 0 && <Skipped skipped={skipped} />}
    </TriggerCard>
  )
}

function scope(within: string | null | undefined, timezone: string): string | undefined {
  if (within === 'day') return `All of the same day in ${timezone}; once a day.`
  return within ? `All within ${span(within)} of each other.` : undefined
}

function Waits({ expression, about }: { expression: ExpressionView; about: About }) {
  const title = about.day ?? (about.daily && about.used.days.length > 0 ? 'The next day' : undefined)
  return (
    <div>
      {title && (
        <Title order={4} size="h6" mb={4}>
          {title}
        </Title>
      )}
      <Expression expression={expression} about={about} />
    </div>
  )
}

function Fired({ fired }: { fired: FiredDay[] }) {
  return (
    <Stack gap={2}>
      <Title order={4} size="h6">
        Has started for
      </Title>
      <First of={4} items={fired} what="days">
        {({ day, run }) => (
          <Text key={day} size="sm">
            {run ? <RunLink id={run}>{day}</RunLink> : `${day}: skipped, since the places were taken`}
          </Text>
        )}
      </First>
    </Stack>
  )
}

function Skipped({ skipped }: { skipped: SkippedMatch[] }) {
  return (
    <Stack gap={2}>
      <Title order={4} size="h6">
        Did not start, although all was there
      </Title>
      {skipped.map((match) => (
        <Text key={`${match.at}${match.logical_at}`} size="sm">
          {logicalDate(match)}, <TimeAgo at={match.at} />: <RunLink id={match.busy} /> had the place, and runs of this
          pipeline do not wait for one.
        </Text>
      ))}
    </Stack>
  )
}
