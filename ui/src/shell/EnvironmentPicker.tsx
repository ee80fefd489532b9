import { Button } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { LaterMenu } from '~/kit/LaterMenu'
import { useEnvironment } from '~/kit/Links'

const load = async () => (await import('./EnvironmentItems')).EnvironmentItems

/** Where one is: `prod`, `dev`, … It stands in the address. */
export function EnvironmentPicker() {
  const environment = useEnvironment()
  const button = (
    <Button
      variant="default"
      size="compact-sm"
      rightSection={<IconChevronDown size={14} aria-hidden />}
      aria-label={`Environment: ${environment}`}
    >
      {environment}
    </Button>
  )
  return <LaterMenu button={button} load={load} />
}
