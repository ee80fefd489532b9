import { Badge, Button, Group, Paper, Skeleton, Text } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { languageOf } from '~/kit/code/languageOf'
import { Loaded } from '~/kit/Loaded'
import { NotShown } from './FileText'
import type { FileChange } from './files'
import { isShown, useBlob } from './useBlob'

const DiffView = lazy(() => import('~/kit/code/DiffView'))

/** One file that differs. */
export function FileDiff({ change, open }: { change: FileChange; open: boolean }) {
  const [shown, setShown] = useState(open)
  const file = change.after ?? change.before
  if (!file) return null
  if (!isShown(change.before) || !isShown(change.after))
    return <NotShown file={file} why={`${change.kind}; too large to compare here.`} />
  if (sameContent(change)) return <Line change={change} />
  if (!shown) {
    return (
      <Line change={change}>
        <Button size="compact-xs" variant="default" onClick={() => setShown(true)}>
          Show
        </Button>
      </Line>
    )
  }
  return <Contents change={change} />
}

const sameContent = ({ before, after }: FileChange) => before !== undefined && before.sha256 === after?.sha256

/** A file in a line: moved, made to be run, or not looked at yet. */
function Line({ change, children }: { change: FileChange; children?: React.ReactNode }) {
  const { kind, path, before } = change
  return (
    <Paper withBorder px="md" py="xs">
      <Group justify="space-between" gap="xs">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {kind === 'moved' && before ? `${before.path} → ${path}` : path}
        </Text>
        <Group gap="xs">
          <Kind change={change} />
          {children}
        </Group>
      </Group>
    </Paper>
  )
}

function Kind({ change }: { change: FileChange }) {
  const mode = sameContent(change) && change.kind === 'changed'
  return (
    <Badge variant="default" tt="none" size="sm">
      {mode ? (change.after?.executable ? 'can be run now' : 'cannot be run any more') : change.kind}
    </Badge>
  )
}

function Contents({ change }: { change: FileChange }) {
  const [before, after] = [useBlob(change.before), useBlob(change.after)]
  const file = change.after ?? change.before
  return (
    <Loaded query={change.before ? before : NOTHING}>
      {({ text: old }) => (
        <Loaded query={change.after ? after : NOTHING}>
          {({ text: now }) =>
            old === undefined || now === undefined ? (
              file && <NotShown file={file} why={`${change.kind}; it is no text.`} />
            ) : (
              <Suspense fallback={<Skeleton height={160} />}>
                <DiffView
                  before={old}
                  after={now}
                  language={languageOf(change.path, now || old)}
                  label={change.path}
                  beside={change.kind !== 'changed' && <Kind change={change} />}
                />
              </Suspense>
            )
          }
        </Loaded>
      )}
    </Loaded>
  )
}

/** What a file that was not there, or is gone, holds. */
const NOTHING = { data: { text: '' as string | undefined }, error: null, refetch: (() => undefined) as never }
