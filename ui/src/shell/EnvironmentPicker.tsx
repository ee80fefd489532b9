import { Button, Menu, Text } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useGet } from '~/api/queries'
import { useEnvironment } from '~/kit/Links'
import { counted } from '~/kit/units'
import { useUrl } from '~/kit/useUrl'

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
        <Menu.RadioGroup value={environment} onChange={set}>
          {[...names].map(([name, pipelines]) => (
            <Menu.RadioItem key={name} value={name} closeMenuOnClick>
              {name}{' '}
              <Text span size="xs" c="var(--polder-muted)">
                {counted(pipelines, 'pipeline')}
              </Text>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  )
}
