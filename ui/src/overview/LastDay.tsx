import type { HourOfRuns } from '~/api/schema'
import { Hint } from '~/kit/Hint'
import { absolute, clock, day } from '~/kit/time'
import { count, counted } from '~/kit/units'
import classes from './overview.module.css'

const PARTS = ['failed', 'other', 'succeeded'] as const
const WORDS = { failed: 'failed', other: 'aborted', succeeded: 'succeeded' }

type Sums = Record<(typeof PARTS)[number], number>

/** How many runs ended in each hour of the last day, and how. */
export function LastDay({ hours }: { hours: HourOfRuns[] }) {
  const sums = hours.reduce<Sums>((sum, hour) => added(sum, hour), { failed: 0, other: 0, succeeded: 0 })
  const most = Math.max(...hours.map(total), 1)
  const first = hours[0]
  return (
    <section className={classes.day} aria-label="The last 24 hours">
      <Legend sums={sums} />
      <div className={classes.hours} role="img" aria-label={sentence(sums, hours)}>
        {hours.map((hour) => (
          <Hour key={hour.from} hour={hour} most={most} />
        ))}
      </div>
      <div className={classes.axis} aria-hidden>
        <span>{first ? `${day(first.from)} ${clock(first.from)}` : ''}</span>
        <span>now</span>
      </div>
    </section>
  )
}

function Legend({ sums }: { sums: Sums }) {
  return (
    <div className={classes.legend}>
      <span className={classes.legendTitle}>Ended in the last 24 hours</span>
      {(['succeeded', 'failed', 'other'] as const).map((part) => (
        <span key={part} className={classes.entry} data-part={part} hidden={part === 'other' && sums.other === 0}>
          {count(sums[part])} {WORDS[part]}
        </span>
      ))}
    </div>
  )
}

function Hour({ hour, most }: { hour: HourOfRuns; most: number }) {
  return (
    <Hint label={`${clock(hour.from)} to ${clock(anHourLater(hour.from))}: ${words(hour)}`}>
      <span className={classes.hour}>
        {PARTS.filter((part) => hour[part] > 0).map((part) => (
          <span
            key={part}
            className={classes.part}
            data-part={part}
            style={{ height: `${(100 * hour[part]) / most}%` }}
          />
        ))}
      </span>
    </Hint>
  )
}

const total = (hour: HourOfRuns) => hour.succeeded + hour.failed + hour.other
const anHourLater = (from: string) => new Date(new Date(from).getTime() + 3_600_000)

function added(sum: Sums, hour: HourOfRuns): Sums {
  return {
    failed: sum.failed + hour.failed,
    other: sum.other + hour.other,
    succeeded: sum.succeeded + hour.succeeded,
  }
}

/** `12 succeeded, 1 failed`. */
function words(sums: Sums): string {
  const some = (['succeeded', 'failed', 'other'] as const).filter((part) => sums[part] > 0)
  return some.map((part) => `${count(sums[part])} ${WORDS[part]}`).join(', ') || 'nothing ended'
}

function sentence(sums: Sums, hours: HourOfRuns[]): string {
  const worst = hours.reduce<HourOfRuns | undefined>((a, b) => (b.failed > (a?.failed ?? 0) ? b : a), undefined)
  const all = `Of ${counted(sums.succeeded + sums.failed + sums.other, 'run')} that ended in the last 24 hours: ${words(sums)}.`
  return worst ? `${all} Most failed in the hour from ${absolute(worst.from)}: ${worst.failed}.` : all
}
