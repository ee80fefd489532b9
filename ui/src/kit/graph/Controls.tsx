import { ActionIcon } from '@mantine/core'
import { IconFocusCentered, IconMinus, IconPlus } from '@tabler/icons-react'
import { Panel, useReactFlow } from '@xyflow/react'
import classes from './graph.module.css'

/** Zoom in, out, and show all. */
export function Controls({ fit }: { fit: () => void }) {
  const { zoomIn, zoomOut } = useReactFlow()
  return (
    <Panel position="bottom-left" className={classes.controls}>
      <ActionIcon.Group orientation="vertical">
        <ActionIcon variant="default" size={30} aria-label="Zoom in" title="Zoom in" onClick={() => zoomIn()}>
          <IconPlus size={16} aria-hidden />
        </ActionIcon>
        <ActionIcon variant="default" size={30} aria-label="Zoom out" title="Zoom out" onClick={() => zoomOut()}>
          <IconMinus size={16} aria-hidden />
        </ActionIcon>
        <ActionIcon variant="default" size={30} aria-label="Show all" title="Show all" onClick={fit}>
          <IconFocusCentered size={16} aria-hidden />
        </ActionIcon>
      </ActionIcon.Group>
    </Panel>
  )
}
