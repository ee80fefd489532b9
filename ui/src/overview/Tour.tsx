import { List, Paper, Stack, Text, Title } from '@mantine/core'
import { Command } from '~/kit/Empty'

/** Where there is no pipeline at all: the way to the first one. */
export function Tour() {
  return (
    <Paper withBorder p="xl" radius="md" maw={640}>
      <Stack>
        <Title order={2} size="h3">
          Nothing runs here yet. Three commands, and something does
        </Title>
        <Text c="var(--polder-muted)">
          In a terminal that has <code>polder</code>; this page shows what happens as it happens.
        </Text>
        <List type="ordered" spacing="md" styles={{ itemWrapper: { display: 'block' } }}>
          <Step command={`polder login ${window.location.origin}`}>Say where the server is. It asks for a token:</Step>
          <Step command="polder init hello --team tour">
            Make a project, with a script and a pipeline that runs it:
          </Step>
          <Step command="cd hello && polder deploy">Bring it here:</Step>
        </List>
        <Text c="var(--polder-muted)">
          Then start it with <code>polder run tour/hello --follow</code>, or here, with a click.
        </Text>
      </Stack>
    </Paper>
  )
}

function Step({ command, children }: { command: string; children: React.ReactNode }) {
  return (
    <List.Item>
      <Text mb={4}>{children}</Text>
      <Command text={command} />
    </List.Item>
  )
}
