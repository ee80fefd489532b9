import { ActionIcon, Box, Code, CopyButton, Text, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'

type Props = { text: string; label: string; maxHeight?: number }

/** Text to take along. */
export function CopyBlock({ text, label, maxHeight }: Props) {
  return (
    <Box pos="relative" mt="xs">
      <Text size="sm" c="var(--polder-muted)" mb={4}>
        {label}
      </Text>
      <Code
        block
        fz="sm"
        p="sm"
        pr={48}
        tabIndex={0}
        role="region"
        aria-label={label}
        style={{ overflow: 'auto', maxHeight }}
      >
        {text}
      </Code>
      <Box pos="absolute" right={8} top={34}>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? 'Copied' : 'Copy'}>
              <ActionIcon variant="default" aria-label={`Copy: ${label}`} onClick={copy}>
                {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </Box>
    </Box>
  )
}
