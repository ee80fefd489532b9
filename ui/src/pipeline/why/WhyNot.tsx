import { List, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import type { TriggerView, Why } from '~/api/schema'
import { Empty } from '~/kit/Empty'
import { Notice } from '~/kit/Notice'
import { Unbroken } from '~/kit/Unbroken'
import { Culprits } from './Culprits'
import { Executions } from './Executions'
import { Schedule } from './Schedule'
import { Section } from './Section'
import { Webhook } from './Webhook'
import { heading, sentences } from './words'

/** What starts the pipeline, and what each of that still waits for. */
export function WhyNot({ why, job }: { why: Why; job: boolean }) {
  const said = sentences(why)
  const triggers = why.triggers.filter(({ kind }) => kind !== 'manual')
  return (
    <Section title={heading(why)}>
      {said.length > 0 && <Answer sentences={said} more={<Culprits why={why} />} />}
      <Stack gap="md">
        {triggers.map((trigger, place) => (
          <Trigger key={keyOf(trigger, place)} trigger={trigger} why={why} />
        ))}
      </Stack>
      {triggers.length === 0 && (
        <Empty title="No trigger starts it." command={`polder ${job ? 'job run' : 'run'} ${why.team}/${why.pipeline}`}>
          {why.paused ? 'Once it is resumed, start' : 'Start'} it with the button above, or from anywhere:
        </Empty>
      )}
    </Section>
  )
}

function Answer({ sentences, more }: { sentences: string[]; more: ReactNode }) {
  const [only, ...others] = sentences
  if (others.length === 0)
    return (
      <Notice kind="info" title={<Unbroken text={only ?? ''} />}>
        {more}
      </Notice>
    )
  return (
    <Notice kind="info">
      <List spacing={4} size="sm">
        {sentences.map((sentence) => (
          <List.Item key={sentence}>
            <Unbroken text={sentence} />
          </List.Item>
        ))}
      </List>
      {more}
    </Notice>
  )
}

const keyOf = (trigger: TriggerView, place: number) => `${trigger.kind}${place}`

function Trigger({ trigger, why }: { trigger: TriggerView; why: Why }) {
  switch (trigger.kind) {
    case 'schedule':
      return <Schedule trigger={trigger} paused={why.paused} />
    case 'executions':
      return <Executions trigger={trigger} why={why} />
    case 'webhook':
      return <Webhook url={trigger.url} />
    default:
      return null
  }
}
