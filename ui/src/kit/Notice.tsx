import { Alert } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'

type Props = {
  kind: 'info' | 'warning' | 'danger'
  title?: ReactNode
  /** `note` for what is there from the start, `status` and `alert` for what comes later. */
  role?: 'note' | 'status' | 'alert'
  children?: ReactNode
}

const LOOKS = {
  info: { color: 'var(--polder-blue)', icon: IconInfoCircle },
  warning: { color: 'var(--polder-orange)', icon: IconAlertTriangle },
  danger: { color: 'var(--polder-red)', icon: IconAlertTriangle },
}

/** Something to know before one goes on. */
export function Notice({ kind, title, role = 'note', children }: Props) {
  const { color, icon: Icon } = LOOKS[kind]
  return (
    <Alert
      role={role}
      title={title}
      variant="default"
      icon={<Icon aria-hidden color={color} />}
      styles={{ root: { borderColor: color }, title: { color }, message: { color: 'var(--mantine-color-text)' } }}
    >
      {children}
    </Alert>
  )
}
