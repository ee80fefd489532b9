/** What the keyboard can do. `?` lists it. */
import { Group, Kbd, Modal, SimpleGrid, Table, Text } from '@mantine/core'
import { list, useListed } from './keys'
import { PLACES } from './places'

export function Shortcuts() {
  return (
    <Modal opened={useListed()} onClose={() => list(false)} title="Keyboard shortcuts" size="lg">
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
          title="In SQL"
          keys={[
            ['Ctrl Enter', 'Run the statement'],
            ['Esc Tab', 'Out of the editor'],
            ['Ctrl C', 'Copy the cell or row'],
          ]}
        />
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
