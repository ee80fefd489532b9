import { Alert, Button, Group, List, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { explain, isSignedOut } from '~/api/problem'
import type { Mistake } from '~/api/schema'
import { ErrorMeaning } from './ErrorMeaning'

type Props = { error: unknown; retry?: () => void }

/** What went wrong, in a sentence, and what to do about it. */
export function Failure({ error, retry }: Props) {
  if (isSignedOut(error)) return null
  const { title, hint, code, mistakes } = explain(error)
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title={title} role="alert" m={0}>
      <Stack gap="xs">
        {hint && <Text size="sm">{hint}</Text>}
        <Mistakes mistakes={mistakes} />
        <Group gap="md">
          {retry && (
            <Button size="xs" variant="default" onClick={retry}>
              Try again
            </Button>
          )}
          {code && code !== 'UNREADABLE' && <ErrorMeaning code={code} apart size="sm" />}
        </Group>
      </Stack>
    </Alert>
  )
}

/** Every mistake, with its place. */
export function Mistakes({ mistakes }: { mistakes: Mistake[] }) {
  if (mistakes.length === 0) return null
  return (
    <List size="sm" spacing={4}>
      {mistakes.map((mistake) => (
        <List.Item key={`${mistake.file}:${mistake.line}:${mistake.column}:${mistake.path}:${mistake.message}`}>
          {placeOf(mistake)}
          {mistake.message}
          {mistake.hint && <Text size="sm">{mistake.hint}</Text>}
        </List.Item>
      ))}
    </List>
  )
}

function placeOf({ file, line, column, path }: Mistake): string {
  const place = [file, line, column].filter((part) => part !== undefined && part !== null).join(':')
  const said = place || path
  return said ? `${said}: ` : ''
}
