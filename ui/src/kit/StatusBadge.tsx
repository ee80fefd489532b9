import { Badge, type BadgeProps } from '@mantine/core'
import { lookOf } from './status'
import classes from './status.module.css'

/** A status in a word, with its colour and shape. */
export function StatusBadge({ status, ...props }: { status: string } & BadgeProps) {
  const look = lookOf(status)
  const Icon = look.icon
  return (
    <Badge
      variant="light"
      className={classes.badge}
      data-status={status}
      data-color={look.color}
      leftSection={
        <Icon size={13} stroke={2.4} aria-hidden className={status === 'RUNNING' ? classes.pulse : undefined} />
      }
      {...props}
    >
      {look.word}
    </Badge>
  )
}

/** The shape alone, for tight places; its word is read out and shown on hover. */
export function StatusIcon({ status, size = 16 }: { status: string; size?: number }) {
  const look = lookOf(status)
  const Icon = look.icon
  return (
    <span role="img" aria-label={look.word} title={look.word} className={classes.icon} data-color={look.color}>
      <Icon size={size} stroke={2.2} aria-hidden className={status === 'RUNNING' ? classes.pulse : undefined} />
    </span>
  )
}
