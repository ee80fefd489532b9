import { Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { Names } from './Names'

type Props = {
  title: string
  /** What stands in the browser's tab, where the title alone says too little. */
  tab?: string
  /** Above the title: where this is. */
  above?: ReactNode
  /** Beside the title: its state. */
  beside?: ReactNode
  below?: ReactNode
  actions?: ReactNode
}

/** The head of every page: what this is, its state, and what can be done. */
export function PageHeader({ title, tab, above, beside, below, actions }: Props) {
  useEffect(() => {
    document.title = `${tab ?? title} · Polder`
  }, [tab, title])
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="md">
      <Stack gap={4} miw={0}>
        {above && (
          <Text size="sm" c="var(--polder-muted)" component="div" style={{ overflowWrap: 'anywhere' }}>
            {above}
          </Text>
        )}
        <Group gap="sm">
          <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }}>
            <Names text={title} />
          </Title>
          {beside}
        </Group>
        {below && (
          <Text size="sm" c="var(--polder-muted)" component="div" style={{ overflowWrap: 'anywhere' }}>
            {below}
          </Text>
        )}
      </Stack>
      {actions && <Group gap="xs">{actions}</Group>}
    </Group>
  )
}
