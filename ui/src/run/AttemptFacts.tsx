import type { ReactNode } from 'react'
import type { Attempt, StepRun } from '~/api/schema'
import { TimeAgo, Took } from '~/kit/Times'
import { secondsBetween } from '~/kit/time'
import { bytes, count, duration } from '~/kit/units'
import { rejectedBy } from '~/lake/rejected'
import { Fact } from './RunFacts'
import classes from './run.module.css'

/** Waiting longer than this is worth a word, in seconds. */
const NOTABLE = 1

/** How an attempt went, in numbers. */
export function AttemptFacts({ step, attempt }: { step: StepRun; attempt: Attempt }) {
  const newest = attempt.epoch === step.epoch
  const facts: [string, ReactNode][] = [
    ['Exit code', attempt.exit_code],
    ['Signal', attempt.signal],
    ['Started', attempt.started_at && <TimeAgo at={attempt.started_at} />],
    ['Waited', waited(attempt)],
    [
      attempt.ended_at ? 'Took' : 'Running for',
      attempt.started_at && <Took from={attempt.started_at} to={attempt.ended_at} />,
    ],
    ['Memory at most', known(attempt.peak_memory_bytes, bytes)],
    ['CPU time', known(attempt.cpu_seconds, duration)],
    ['Rows', newest && known(step.rows, count)],
    ['Rejected', newest && known(rejectedBy(step), count)],
    ['Bytes', newest && known(step.bytes, bytes)],
    ['Agent', attempt.agent],
  ]
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) =>
        value === null || value === undefined || value === '' || value === false ? null : (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ),
      )}
    </dl>
  )
}

const known = (value: number | null | undefined, say: (value: number) => string) =>
  value === null || value === undefined ? null : say(value)

function waited({ ready_at, started_at }: Attempt): string | null {
  const seconds = started_at ? secondsBetween(ready_at, started_at, 0) : 0
  return seconds >= NOTABLE ? duration(seconds) : null
}
