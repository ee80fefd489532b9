import { Code, CopyButton, Group, Paper, Stack, Text, UnstyledButton } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Hint } from './Hint'

type Props = {
  title: string
  children?: ReactNode
  /** What to type to have something here. */
  command?: string
  action?: ReactNode
}

/** Nothing is here (yet), and what would fill it. */
export function Empty({ title, children, command, action }: Props) {
  return (
    <Paper withBorder p="xl" radius="md" style={{ borderStyle: 'dashed' }}>
      <Stack align="center" gap="sm" ta="center">
        <Text fw={600}>{title}</Text>
        {children && (
          <Text size="sm" c="var(--polder-muted)" maw={520}>
            {children}
          </Text>
        )}
        {command && <Command text={command} />}
        {action}
      </Stack>
    </Paper>
  )
}

const SHRINK_NOT = { flexShrink: 0 }

/** A command that can be copied by clicking on it. */
export function Command({ text }: { text: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Hint label={copied ? 'Copied' : 'Copy'}>
          <UnstyledButton onClick={copy} aria-label={`Copy the command ${text}`}>
            <Group gap="xs" wrap="nowrap">
              <Code fz="sm" px="sm" py={6} style={{ overflowWrap: 'anywhere' }}>
                {text}
              </Code>
              {copied ? (
                <IconCheck size={16} aria-hidden style={SHRINK_NOT} />
              ) : (
                <IconCopy size={16} aria-hidden style={SHRINK_NOT} />
              )}
            </Group>
          </UnstyledButton>
        </Hint>
      )}
    </CopyButton>
  )
}
