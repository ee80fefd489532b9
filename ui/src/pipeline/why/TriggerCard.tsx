import { Box, Group, Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

type Props = { icon: ReactNode; title: ReactNode; below?: ReactNode; children?: ReactNode }

/** One thing that starts the pipeline. */
export function TriggerCard({ icon, title, below, children }: Props) {
  return (
    <Paper withBorder p="md" component="article">
      <Stack gap="sm">
        <Group gap="sm" wrap="nowrap" align="flex-start">
          <Box style={{ flexShrink: 0, lineHeight: 0 }}>{icon}</Box>
          <Box miw={0}>
            <Title order={3} size="h5">
              {title}
            </Title>
            {below && (
              <Text size="sm" c="var(--polder-muted)" component="div">
                {below}
              </Text>
            )}
          </Box>
        </Group>
        {children}
      </Stack>
    </Paper>
  )
}
