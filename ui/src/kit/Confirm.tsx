import { Button, Group, Modal, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { Failure } from './Failure'

type Props = {
  opened: boolean
  title: string
  /** What the button says: the deed in a word or two. */
  deed: string
  busy?: boolean
  /** It was refused, and would be again. */
  disabled?: boolean
  error?: unknown
  color?: string
  onConfirm: () => void
  onClose: () => void
  children: ReactNode
}

/** Asks before something is done that cannot be undone, and says what it will do. */
export function Confirm({
  opened,
  title,
  deed,
  busy = false,
  disabled = false,
  error,
  color = 'red.9',
  onConfirm,
  onClose,
  children,
}: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} centered>
      <Stack>
        {children}
        {error != null && <Failure error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button color={color} loading={busy} disabled={disabled} onClick={onConfirm}>
            {deed}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
