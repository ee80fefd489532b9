import { Menu, Text } from '@mantine/core'
import { useLocation, useNavigate } from 'react-router'
import { useGet } from '~/api/queries'
import type { MenuProps } from '~/kit/LaterMenu'
import { useEnvironment, within } from '~/kit/Links'
import { OpenMenu } from '~/kit/OpenMenu'
import { counted } from '~/kit/units'
import { useUrl } from '~/kit/useUrl'

export function EnvironmentItems({ button }: MenuProps) {
  const environment = useEnvironment()
  const choose = useChoose()
  const { data } = useGet('/api/v1/environments')
  const names = new Map(data?.items.map((item) => [item.name, item.pipelines]))
  if (!names.has(environment)) names.set(environment, 0)
  return (
    <OpenMenu button={button} position="bottom-start">
      <Menu.Label>Environment</Menu.Label>
      <Menu.RadioGroup value={environment} onChange={choose}>
        {[...names].map(([name, pipelines]) => (
          <Menu.RadioItem key={name} value={name} closeMenuOnClick>
            {name}{' '}
            <Text span size="xs" inline>
              {counted(pipelines, 'pipeline')}
            </Text>
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </OpenMenu>
  )
}

/** Goes to the same page of another environment; what is of one environment only is left for the list that it is in. */
function useChoose() {
  const [, set] = useUrl('environment', 'prod')
  const navigate = useNavigate()
  const { pathname, hash } = useLocation()
  // A statement can be asked anywhere, a branch is of one environment.
  if (pathname === '/sql') return (environment: string) => void navigate(within(environment, '/sql') + hash)
  const list = /^\/(?:runs|deployments|lake\/publishes)(?=\/.)/.exec(pathname)?.[0]
  return (environment: string) => (list ? void navigate(within(environment, list)) : set(environment))
}
