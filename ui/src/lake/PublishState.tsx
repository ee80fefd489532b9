import { Badge } from '@mantine/core'
import { IconCircleCheck, IconCircleX, IconProgress } from '@tabler/icons-react'
import classes from '~/kit/status.module.css'

const LOOKS: Record<string, { word: string; color: string; icon: typeof IconProgress }> = {
  DONE: { word: 'done', color: 'teal', icon: IconCircleCheck },
  PREPARED: { word: 'under way', color: 'blue', icon: IconProgress },
  UNDONE: { word: 'undone', color: 'orange', icon: IconCircleX },
}

/** How far a publish has come; a state that this page does not know is said as the server does. */
export function PublishState({ state }: { state: string }) {
  const { word, color, icon: Icon } = LOOKS[state] ?? { word: state.toLowerCase(), color: 'gray', icon: IconProgress }
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
