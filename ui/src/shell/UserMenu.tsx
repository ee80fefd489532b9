import { ActionIcon } from '@mantine/core'
import { IconUserCircle } from '@tabler/icons-react'
import { LaterMenu } from '~/kit/LaterMenu'

const load = async () => (await import('./UserItems')).UserItems

/** Who is signed in, how the page looks, and the way out. */
export function UserMenu() {
  const button = (
    <ActionIcon variant="subtle" color="gray" size="lg" aria-label="You and this page">
      <IconUserCircle size={22} aria-hidden />
    </ActionIcon>
  )
  return <LaterMenu button={button} load={load} />
}
