import { ActionIcon, Button, Kbd } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { palette } from './paletteStore'

export function PaletteButton() {
  return (
    <>
      <Button
        visibleFrom="md"
        variant="default"
        size="compact-sm"
        fw={400}
        leftSection={<IconSearch size={14} aria-hidden />}
        rightSection={<Kbd size="xs">Ctrl K</Kbd>}
        onClick={() => palette.open()}
      >
        Find anything
      </Button>
      <ActionIcon
        hiddenFrom="md"
        variant="subtle"
        color="gray"
        size="lg"
        aria-label="Find anything"
        onClick={() => palette.open()}
      >
        <IconSearch size={20} aria-hidden />
      </ActionIcon>
    </>
  )
}
