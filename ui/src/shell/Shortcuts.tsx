/** What the keyboard can do. `?` lists it. */
import { Group, Kbd, Modal, SimpleGrid, Table, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useNavigate } from 'react-router'
import { useEnvironment, within } from '~/kit/Links'
import { PLACES } from './places'
import { isTyping, sequence } from './sequence'

const OPEN = 'polder:shortcuts'
export const openShortcuts = () => window.dispatchEvent(new Event(OPEN))

/** How long after `g` the second key is waited for, in milliseconds. */
const PATIENCE = 1_200

export function Shortcuts() {
  const [opened, setOpened] = useState(false)
  const navigate = useNavigate()
  const environment = useEnvironment()
  useEffect(() => {
    const show = () => setOpened(true)
    const places = PLACES.map(({ key, path }) => [`g ${key}`, () => navigate(within(environment, path))] as const)
    const press = sequence(new Map([...places, ['?', show], ['/', focusSearch]]), PATIENCE)
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (press(event.key, event.timeStamp)) event.preventDefault()
    }
    window.addEventListener('keydown', onKey)
    window.addEventListener(OPEN, show)
    return () => {
      window.removeEventListener('keydown', onKey)
      window.removeEventListener(OPEN, show)
    }
  }, [navigate, environment])
  return (
    <Modal opened={opened} onClose={() => setOpened(false)} title="Keyboard shortcuts" size="lg">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Keys
          title="Anywhere"
          keys={[
            ['Ctrl K', 'Find anything, do anything'],
            ['/', 'Search in this page'],
            ['?', 'This list'],
            ['Esc', 'Close what is open'],
          ]}
        />
        <Keys title="Go to" keys={PLACES.map(({ key, name }) => [`g ${key}`, name])} />
        <Keys
          title="In a log"
          keys={[
            ['f', 'Follow, or stop following'],
            ['n', 'Next match'],
            ['N', 'Previous match'],
            ['Home', 'First line'],
            ['End', 'Last line'],
          ]}
        />
      </SimpleGrid>
    </Modal>
  )
}

/** The search of this page; without one, the palette's. */
function focusSearch() {
  const field = document.querySelector<HTMLInputElement>('[data-page-search]')
  if (field) field.focus()
  else window.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', code: 'KeyK', ctrlKey: true }))
}

function Keys({ title, keys }: { title: string; keys: (readonly [string, string])[] }) {
  return (
    <div>
      <Text fw={600} mb="xs">
        {title}
      </Text>
      <Table withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          {keys.map(([key, does]) => (
            <Table.Tr key={key}>
              <Table.Td w={90}>
                <Group gap={4} wrap="nowrap">
                  {key.split(' ').map((part) => (
                    <Kbd key={part}>{part}</Kbd>
                  ))}
                </Group>
              </Table.Td>
              <Table.Td>{does}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
