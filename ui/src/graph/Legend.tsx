import { Text, UnstyledButton } from '@mantine/core'
import { StatusIcon } from '~/kit/StatusBadge'
import { lookOf } from '~/kit/status'
import { statusOf } from './cards'
import type { Shown } from './focus'
import classes from './graph.module.css'
import type { Chosen } from './useChosen'

const STATES = ['FAILED', 'RUNNING', 'QUEUED', 'SUCCEEDED']
/** Told only where there is one. */
const RARE = ['HELD_BACK', 'LATE', 'TIMED_OUT', 'ABORTED']

type Props = { shown: Shown; tints: Map<string, string>; chosen: Chosen }

/** What shapes, colours and lines mean, of those that are there. */
export function Legend({ shown, tints, chosen: { values, set } }: Props) {
  const there = new Set(shown.nodes.map(statusOf))
  return (
    <Text component="div" size="xs" c="var(--polder-muted)" className={classes.legend}>
      {[...STATES, ...RARE.filter((status) => there.has(status))].map((status) => (
        <span key={status} className={classes.entry} aria-hidden>
          <StatusIcon status={status} size={14} /> {lookOf(status).word}
        </span>
      ))}
      <Lines {...shown} />
      {[...tints].map(([team, tint]) => (
        <UnstyledButton
          key={team}
          className={classes.entry}
          fz="inherit"
          aria-pressed={values.team === team}
          onClick={() => set({ team: values.team === team ? '' : team })}
        >
          <span className={classes.tint} style={{ background: tint }} /> {team}
        </UnstyledButton>
      ))}
    </Text>
  )
}

function Lines({ nodes, edges }: Shown) {
  return (
    <>
      {edges.some(({ kind }) => kind === 'executions') && (
        <span className={classes.entry}>
          <span className={classes.lineSample} /> starts after it
        </span>
      )}
      {edges.some(({ kind }) => kind === 'step') && (
        <span className={classes.entry}>
          <span className={classes.lineSample} data-dashed /> runs it as a step
        </span>
      )}
      {nodes.some(({ exists }) => !exists) && (
        <span className={classes.entry}>
          <span className={classes.missingSample} /> referred to, but not deployed
        </span>
      )}
    </>
  )
}
