import { Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { Notice } from '~/kit/Notice'

/** The text of a new token: here, once. */
export function NewToken({ text, onClose }: { text: string; onClose: () => void }) {
  return (
    <Stack>
      <Notice kind="warning" title="Copy it now" role="alert">
        It is shown this once, and stored nowhere: if it is lost, make another one. Whoever has it can do what it may
        do.
      </Notice>
      <Group wrap="nowrap" align="stretch" gap="xs">
        <Code block flex={1} fz="sm" data-token style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {text}
        </Code>
        <Copy text={text} />
      </Group>
      <Text size="sm" c="var(--polder-muted)">
        In a terminal it is asked for by <Code>polder login</Code>; programs send it as{' '}
        <Code>Authorization: Bearer …</Code>, or as the password of HTTP Basic.
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          I have stored it
        </Button>
      </Group>
    </Stack>
  )
}

function Copy({ text }: { text: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button
          h="auto"
          onClick={copy}
          data-autofocus
          leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        >
          {copied ? 'Copied' : 'Copy'}
        </Button>
      )}
    </CopyButton>
  )
}
