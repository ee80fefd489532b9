import { Alert, Button, Group, List, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { explain, isSignedOut } from '~/api/problem'
import type { Mistake } from '~/api/schema'
import { ErrorMeaning } from './ErrorMeaning'
import classes from './failure.module.css'

type Props = { error: unknown; retry?: () => void }

/** What went wrong, in a sentence, and what to do about it. */
export function Failure({ error, retry }: Props) {
  if (isSignedOut(error)) return null
  const { title, hint, code, mistakes } = explain(error)
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle aria-hidden />}
      title={<Title text={title} />}
      role="alert"
      m={0}
    >
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

/** Letters from which on it may not fit in its box. */
const LONG = 400

/** What scrolls can be reached without a mouse. */
const Title = ({ text }: { text: string }) => (
  <span className={classes.title} {...(text.length > LONG && { tabIndex: 0 })}>
    {text}
  </span>
)

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
