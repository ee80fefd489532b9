import { Badge, Code, Group, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Run } from '~/api/schema'
import { RunLink } from '~/kit/Links'
import { StatusIcon } from '~/kit/StatusBadge'
import { logicalDate } from '~/kit/time'
import classes from './run.module.css'

/** What it was given, how it is labelled, and what it set going. */
export function RunFacts({ run }: { run: Run }) {
  const parameters = Object.entries(run.parameters)
  const labels = Object.entries(run.labels)
  const told = new Set(run.steps.map((step) => step.child_run))
  const started = (run.started ?? []).filter(({ id }) => !told.has(id))
  const hidden = run.started_runs.length - (run.started ?? []).length
  if (parameters.length + labels.length + started.length + hidden === 0) return null
  return (
    <dl className={classes.facts}>
      <Fact name="Parameters">
        {parameters.map(([name, value]) => (
          <Parameter key={name} name={name} value={value} />
        ))}
      </Fact>
      <Fact name="Labels">
        {labels.map(([name, value]) => (
          <Badge key={name} variant="default" tt="none" fw={500}>
            {name}={value}
          </Badge>
        ))}
      </Fact>
      <Fact name="Then started">
        {started.map((other) => (
          <Group key={other.id} gap={4} component="span" wrap="nowrap">
            <StatusIcon status={other.status} />
            <RunLink id={other.id} inherit>{`${other.team}/${other.pipeline} ${logicalDate(other)}`}</RunLink>
          </Group>
        ))}
        {hidden > 0 && <span>{hidden === 1 ? 'one run' : `${hidden} runs`} of other teams</span>}
      </Fact>
    </dl>
  )
}

export function Fact({ name, children }: { name: string; children: ReactNode[] | ReactNode }) {
  const empty = Array.isArray(children) && children.flat().every((child) => child === false || child === null)
  if (empty) return null
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Parameter({ name, value }: { name: string; value: unknown }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return (
    <Tooltip label={text} multiline maw={480} disabled={text.length < 60}>
      <Code className={classes.parameter}>
        {name} = {text.length < 60 ? text : `${text.slice(0, 58)}…`}
      </Code>
    </Tooltip>
  )
}
