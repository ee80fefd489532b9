import { type MantineColorScheme, Menu, Text, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSun } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import type { MenuProps } from '~/kit/LaterMenu'
import { OpenMenu } from '~/kit/OpenMenu'
import { signOut, useSignedIn } from '~/session/session'
import { openShortcuts } from './keys'

const SCHEMES = [
  { value: 'auto', name: 'Like the system', icon: IconDeviceDesktop },
  { value: 'light', name: 'Light', icon: IconSun },
  { value: 'dark', name: 'Dark', icon: IconMoon },
] as const

export function UserItems({ button }: MenuProps) {
  const leaving = useMutation({ mutationFn: signOut })
  return (
    <OpenMenu button={button} position="bottom-end" width={240}>
      <Who />
      <Menu.Divider />
      <Schemes />
      <Menu.Divider />
      <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={openShortcuts}>
        Keyboard shortcuts
      </Menu.Item>
      <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => leaving.mutate()}>
        Sign out
      </Menu.Item>
    </OpenMenu>
  )
}

function Who() {
  const { data } = useSignedIn()
  const session = data && data.state !== 'out' ? data.session : undefined
  return (
    <Menu.Label>
      {session?.name}
      <Text size="xs" span display="block">
        {session?.grants.map((grant) => `${grant.role} of ${grant.team ?? 'all teams'}`).join(', ')}
      </Text>
    </Menu.Label>
  )
}

function Schemes() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
      {SCHEMES.map(({ value, name, icon: Icon }) => (
        <Menu.RadioItem key={value} value={value} rightSection={<Icon size={16} aria-hidden />}>
          {name}
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  )
}
