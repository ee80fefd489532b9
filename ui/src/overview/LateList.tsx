import { Text } from '@mantine/core'
import { IconBolt, IconCalendarX, IconHourglass, IconTrendingUp } from '@tabler/icons-react'
import type { Late, LateKind } from '~/api/schema'
import { PipelineLink, RunLink } from '~/kit/Links'
import { useNow } from '~/kit/now'
import { logicalDate } from '~/kit/time'
import { type Known, sayLate } from '~/runs/late'
import { Sentence } from '~/runs/Sentence'
import classes from './overview.module.css'

const ICONS: Record<LateKind, typeof IconBolt> = {
  queued: IconHourglass,
  slower_than_usual: IconTrendingUp,
  missed_tick: IconCalendarX,
  waiting: IconHourglass,
}

/** What should have happened and has not, with the reason. */
export function LateList({ late, known }: { late: Late[]; known: Known }) {
  const now = useNow()
  return (
    <ul className={classes.list}>
      {late.map((one) => (
        <Entry key={`${one.pipeline_id} ${one.kind} ${one.run?.id ?? one.day}`} late={one} now={now} known={known} />
      ))}
    </ul>
  )
}

function Entry({ late, now, known }: { late: Late; now: number; known: Known }) {
  const Icon = ICONS[late.kind] ?? IconBolt
  return (
    <li className={classes.card} data-kind="late">
      <Icon size={18} stroke={1.8} aria-hidden className={classes.lateIcon} />
      <div>
        <PipelineLink team={late.team} name={late.pipeline} environment={late.environment} fw={600} />{' '}
        {late.run && (
          <RunLink id={late.run.id} size="sm">
            {logicalDate(late.run)}
          </RunLink>
        )}
        <Text size="sm" component="p" m={0}>
          <Sentence parts={sayLate(late, now, known)} />
        </Text>
      </div>
    </li>
  )
}
