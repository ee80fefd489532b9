import { ActionIcon, Box, Code, CopyButton, Group, Text, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'

type Props = { text: string; label: string; maxHeight?: number }

/** Text to take along. */
export function CopyBlock({ text, label, maxHeight }: Props) {
  return (
    <Box mt="xs">
      <Group justify="space-between" mb={4}>
        <Text size="sm" c="var(--polder-muted)">
          {label}
        </Text>
        <Copy text={text} label={label} />
      </Group>
      <Code block fz="sm" p="sm" tabIndex={0} role="group" aria-label={label} style={{ overflow: 'auto', maxHeight }}>
        {text}
      </Code>
    </Box>
  )
}

function Copy({ text, label }: Props) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : 'Copy'}>
          <ActionIcon variant="default" aria-label={`Copy: ${label}`} onClick={copy}>
            {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  )
}
