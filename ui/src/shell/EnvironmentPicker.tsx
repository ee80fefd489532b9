import { Button, Menu, Text } from '@mantine/core'
import { IconCheck, IconChevronDown } from '@tabler/icons-react'
import { useGet } from '~/api/queries'
import { useEnvironment } from '~/kit/Links'
import { useUrl } from '~/kit/useUrl'
import { counted } from '~/kit/units'

/** Where one is: `prod`, `dev`, … It stands in the address. */
export function EnvironmentPicker() {
  const environment = useEnvironment()
  const [, set] = useUrl('environment', 'prod')
  const { data } = useGet('/api/v1/environments')
  const names = new Map(data?.items.map((item) => [item.name, item.pipelines]))
  if (!names.has(environment)) names.set(environment, 0)
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button
          variant="default"
          size="compact-sm"
          rightSection={<IconChevronDown size={14} aria-hidden />}
          aria-label={`Environment: ${environment}`}
        >
          {environment}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Environment</Menu.Label>
        {[...names].map(([name, pipelines]) => (
          <Menu.Item
            key={name}
            onClick={() => set(name)}
            leftSection={name === environment ? <IconCheck size={14} aria-hidden /> : <span style={{ width: 14 }} />}
          >
            {name}{' '}
            <Text span size="xs" c="var(--polder-muted)">
              {counted(pipelines, 'pipeline')}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
