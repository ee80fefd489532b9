import { Code, Text } from '@mantine/core'
import { IconWebhook } from '@tabler/icons-react'
import { Command } from '~/kit/Empty'
import { TriggerCard } from './TriggerCard'

/** The address that starts the pipeline, and how to try it. */
export function Webhook({ url }: { url: string }) {
  const command = `curl -X POST '${url}' -H "Authorization: Bearer $POLDER_TOKEN" -H 'Content-Type: application/json' -d '{}'`
  return (
    <TriggerCard
      icon={<IconWebhook aria-hidden />}
      title="Webhook"
      below={<Code style={{ overflowWrap: 'anywhere' }}>{url}</Code>}
    >
      <Text size="sm">
        The body, any JSON, becomes <Code>run.payload</Code>; fields of it that are parameters become those. It takes a
        token of an operator:
      </Text>
      <Command text={command} />
    </TriggerCard>
  )
}
