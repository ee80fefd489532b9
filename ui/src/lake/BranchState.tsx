import { Text } from '@mantine/core'
import { IconArchive, IconCircleCheck, IconCircleX, IconProgress, IconTrash } from '@tabler/icons-react'
import type { BranchView } from '~/api/schema'
import { reasonOf, stateOf, wordOf } from './branchWords'
import { type Look, StateBadge } from './StateBadge'

/** What was published is what one expects: only what is still to be looked into has a colour that is seen from afar. */
const LOOKS: Record<string, Look> = {
  OPEN: { color: 'blue', icon: IconProgress },
  PUBLISHED: { color: 'gray', icon: IconCircleCheck },
  FAILED: { color: 'red', icon: IconCircleX },
  BEFORE_RESET: { color: 'orange', icon: IconArchive },
  REMOVED: { color: 'gray', icon: IconTrash },
}
const UNKNOWN: Look = { color: 'gray', icon: IconProgress }

/** What became of a branch; a state that this page does not know is said as the server does. */
export function BranchState({ branch }: { branch: BranchView }) {
  return (
    <>
      <StateBadge look={LOOKS[stateOf(branch)] ?? UNKNOWN} word={wordOf(branch)} />
      <Text size="xs" c="var(--polder-muted)" component="div" style={{ whiteSpace: 'nowrap' }}>
        {reasonOf(branch)}
      </Text>
    </>
  )
}
