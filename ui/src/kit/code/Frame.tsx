import { ActionIcon, CopyButton, Group, Text, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { ReactNode, RefObject } from 'react'
import classes from './code.module.css'

type Props = {
  label: string
  copied: string
  box: RefObject<HTMLDivElement | null>
  maxHeight?: number | string | undefined
  /** Between the label and the button to copy. */
  children?: ReactNode
}

/** What stands around code: what it is, and the button to copy it. */
export function Frame({ label, copied, box, maxHeight, children }: Props) {
  return (
    <figure className={classes.frame} aria-label={label}>
      <Group className={classes.head} justify="space-between" gap="xs">
        <Text component="figcaption" size="sm" fw={600} truncate="start" title={label} className={classes.label}>
          {label}
        </Text>
        <Group gap="xs" wrap="nowrap">
          {children}
          <Copy text={copied} label={label} />
        </Group>
      </Group>
      <div ref={box} className={classes.code} style={{ '--code-height': maxHeight ?? 'none' } as React.CSSProperties} />
    </figure>
  )
}

function Copy({ text, label }: { text: string; label: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : 'Copy'}>
          <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label={`Copy ${label}`}>
            {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  )
}
