import { Stack, Text } from '@mantine/core'
import type { ProjectFile } from '~/api/schema'
import { Loaded } from '~/kit/Loaded'
import { counted } from '~/kit/units'
import { FileDiff } from './FileDiff'
import { compareFiles } from './files'
import { useRevisionFiles } from './useRevisions'

/** The files that differ between two revisions, each with what is different. */
export function Comparison({ from, to }: { from: string; to: string }) {
  const [before, after] = [useRevisionFiles(from), useRevisionFiles(to)]
  return (
    <Loaded query={before}>
      {(old) => <Loaded query={after}>{(now) => <Differences before={old.files} after={now.files} />}</Loaded>}
    </Loaded>
  )
}

/** Past this many, a file's content is looked at only when somebody wants to see it. */
const SHOWN = 12

function Differences({ before, after }: { before: ProjectFile[]; after: ProjectFile[] }) {
  const changes = compareFiles(before, after)
  if (changes.length === 0) return <Text>Both have the same files.</Text>
  return (
    <Stack gap="md">
      <Text size="sm" c="var(--polder-muted)">
        {counted(changes.length, 'file')} {changes.length === 1 ? 'differs' : 'differ'}; {counted(after.length, 'file')}{' '}
        in all.
      </Text>
      {changes.map((change, place) => (
        <FileDiff key={change.path} change={change} open={place < SHOWN} />
      ))}
    </Stack>
  )
}
