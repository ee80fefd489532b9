import { Paper, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './about.module.css'

type Props = { title: string /** As wide as the page. */; wide?: boolean; children: ReactNode }

export function Card({ title, wide, children }: Props) {
  return (
    <Paper withBorder p="md" component="section" style={wide ? { gridColumn: '1 / -1' } : undefined}>
      <Title order={2} size="h4" mb="sm">
        {title}
      </Title>
      {children}
    </Paper>
  )
}

/** Names and what is known of each. */
export function Facts({ facts }: { facts: [string, ReactNode][] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <Fact key={name} name={name} value={value} />
      ))}
    </dl>
  )
}

function Fact({ name, value }: { name: string; value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}
