import { Badge } from '@mantine/core'
import type { IconProgress } from '@tabler/icons-react'
import classes from '~/kit/status.module.css'

export type Look = { color: string; icon: typeof IconProgress }

/** A state in the lake's lists: a word, with a sign of its own beside the colour. */
export function StateBadge({ look: { color, icon: Icon }, word }: { look: Look; word: string }) {
  return (
    <Badge
      variant="light"
      miw="max-content"
      className={classes.badge}
      data-color={color}
      leftSection={<Icon size={13} stroke={2.4} aria-hidden />}
    >
      {word}
    </Badge>
  )
}
