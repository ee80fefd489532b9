import { Anchor, Paper, Skeleton, Text } from '@mantine/core'
import { lazy, Suspense } from 'react'
import type { ProjectFile } from '~/api/schema'
import { languageOf } from '~/kit/code/languageOf'
import { Loaded } from '~/kit/Loaded'
import { bytes } from '~/kit/units'
import { blobPath, isShown, useBlob } from './useBlob'

const CodeView = lazy(() => import('~/kit/code/CodeView'))

/** The content of a file, or why it is not shown. */
export function FileText({ file }: { file: ProjectFile }) {
  const content = useBlob(file)
  if (!isShown(file)) return <NotShown file={file} why={`It has ${bytes(file.size)}, which is much to read here.`} />
  return (
    <Loaded query={content} lines={8}>
      {({ text }) =>
        text === undefined ? (
          <NotShown file={file} why="It is no text." />
        ) : (
          <Suspense fallback={<Skeleton height={240} />}>
            <CodeView text={text} language={languageOf(file.path, text)} label={file.path} />
          </Suspense>
        )
      }
    </Loaded>
  )
}

/** A file that can only be taken home. */
export function NotShown({ file, why }: { file: ProjectFile; why: string }) {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1)
  return (
    <Paper withBorder p="md">
      <Text size="sm">
        <b>{file.path}</b>: {why}{' '}
        <Anchor size="sm" href={blobPath(file.sha256)} download={name} underline="always">
          Download
        </Anchor>
      </Text>
    </Paper>
  )
}
