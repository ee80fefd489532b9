import { UnstyledButton } from '@mantine/core'
import type { Run, StepRun } from '~/api/schema'
import { useNow } from '~/kit/now'
import { StatusIcon } from '~/kit/StatusBadge'
import { fillOf, lookOf } from '~/kit/status'
import { secondsBetween } from '~/kit/time'
import { duration, elapsed } from '~/kit/units'
import { statusOf } from '../selection'
import classes from './gantt.module.css'
import { type Bar, begunAt, type Row, rowsOf, ticksOf, windowOf } from './geometry'

type Props = { run: Run; selected: string | undefined; onSelect: (step: string) => void }

/** Steps one below the other: when each attempt waited, and when it worked. */
export function Gantt({ run, selected, onSelect }: Props) {
  return run.terminal ? (
    <Chart now={0} {...{ run, selected, onSelect }} />
  ) : (
    <Growing {...{ run, selected, onSelect }} />
  )
}

function Growing(props: Props) {
  return <Chart now={useNow('often')} {...props} />
}

function Chart({ run, selected, onSelect, now }: Props & { now: number }) {
  const window = windowOf(run, now)
  const ticks = ticksOf(window, 5)
  return (
    <div className={classes.chart}>
      <ul className={classes.rows} aria-label="Steps and when they ran">
        {rowsOf(run, window).map((row) => (
          <li key={row.step.name}>
            <Line row={row} now={now} current={row.step.name === selected} onSelect={onSelect} />
          </li>
        ))}
      </ul>
      <div className={classes.ticks} aria-hidden>
        {ticks.map(({ left, seconds }) => (
          <span key={seconds} className={classes.tick} style={{ left: `${left * 100}%` }} data-end={left > 0.9}>
            {seconds === 0 ? '0' : duration(seconds).replace('.0 s', ' s')}
          </span>
        ))}
      </div>
    </div>
  )
}

type LineProps = { row: Row; now: number; current: boolean; onSelect: (step: string) => void }

function Line({ row: { step, bars }, now, current, onSelect }: LineProps) {
  return (
    <UnstyledButton className={classes.row} aria-current={current || undefined} onClick={() => onSelect(step.name)}>
      <span className={classes.name}>
        <StatusIcon status={step.status} />
        <span className={classes.label}>{step.name}</span>
        {step.attempts.length > 1 && <span className={classes.quiet}>×{step.attempts.length}</span>}
      </span>
      <span className={classes.track} aria-hidden>
        {bars.map((bar) => (
          <Piece key={`${bar.epoch}${bar.kind}`} bar={bar} step={step} />
        ))}
      </span>
      <span className={classes.took}>{tookOf(step, now)}</span>
    </UnstyledButton>
  )
}

function Piece({ bar, step }: { bar: Bar; step: StepRun }) {
  const attempt = step.attempts.find(({ epoch }) => epoch === bar.epoch)
  const status = attempt ? statusOf(step, attempt) : step.status
  return (
    <span
      className={classes.bar}
      data-kind={bar.kind}
      data-open={bar.open}
      data-failed={bar.failed || undefined}
      title={`attempt ${bar.epoch}, ${bar.kind}`}
      style={
        { left: `${bar.left * 100}%`, width: `${bar.width * 100}%`, '--own': fillOf(status) } as React.CSSProperties
      }
    />
  )
}

function tookOf(step: StepRun, now: number): string {
  if (step.taken_from) return 'taken over'
  const begun = begunAt(step)
  if (!begun) return lookOf(step.status).word
  const seconds = secondsBetween(begun, step.ended_at, now)
  return step.ended_at ? duration(seconds) : elapsed(seconds)
}
