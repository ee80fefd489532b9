import { Badge, Text } from '@mantine/core'
import { IconArchive, IconCircleCheck, IconCircleX, IconProgress, IconTrash } from '@tabler/icons-react'
import type { BranchView } from '~/api/schema'
import classes from '~/kit/status.module.css'
import { reasonOf, stateOf, wordOf } from './branchWords'

type Look = { color: string; icon: typeof IconProgress }

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
  const { color, icon: Icon } = LOOKS[stateOf(branch)] ?? UNKNOWN
  return (
    <>
      <Badge
        variant="light"
        miw="max-content"
        className={classes.badge}
        data-color={color}
        leftSection={<Icon size={13} stroke={2.4} aria-hidden />}
      >
        {wordOf(branch)}
      </Badge>
      <Text size="xs" c="var(--polder-muted)" component="div" style={{ whiteSpace: 'nowrap' }}>
        {reasonOf(branch)}
      </Text>
    </>
  )
}
