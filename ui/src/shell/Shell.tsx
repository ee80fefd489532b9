import { AppShell, Burger, Group, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { type ComponentType, useEffect, useState } from 'react'
import { Outlet, useLocation } from 'react-router'
import { To } from '~/kit/Links'
import { ConnectionState } from '~/live/ConnectionState'
import { useConnection, useFollow } from '~/live/useLive'
import { useMayBeSignedIn } from '~/session/session'
import { OVER } from '~/theme'
import { EnvironmentPicker } from './EnvironmentPicker'
import { useKeys } from './keys'
import { Logo } from './Logo'
import { Navigation } from './Navigation'
import { PaletteButton } from './PaletteButton'
import { getAllPages, whenIdle } from './pages'
import classes from './shell.module.css'
import { UserMenu } from './UserMenu'

/** What stands around every page. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure()
  const { pathname } = useLocation()
  useEffect(getAllPages, [])
  useKeys()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu of a narrow page closes when one has gone somewhere
  useEffect(close, [pathname])
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a href="#content" className={classes.skip}>
        Skip to the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="sm">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <Home />
            <EnvironmentPicker />
          </Group>
          <Group gap="sm" wrap="nowrap">
            <ConnectionState />
            <PaletteButton />
            <UserMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Outlet />
        <div id={OVER} />
      </AppShell.Main>
      <Live />
      <Later />
    </AppShell>
  )
}

function Home() {
  return (
    <To to="/" underline="never" c="inherit" aria-label="Polder, to the overview">
      <UnstyledButton component="span" className={classes.home}>
        <Logo />
        <Text fw={700} visibleFrom="xs">
          Polder
        </Text>
      </UnstyledButton>
    </To>
  )
}

// Apart, so that the frame is not drawn again whenever the session or the connection is another.

/** Changes are followed from the beginning: what is loaded once they come in need not be loaded again. */
function Live() {
  useFollow(useMayBeSignedIn())
  return null
}

/** They come when the first page stands and the browser has nothing else to do; if the server is away then, when it is back. */
function Later() {
  const [loaded, setLoaded] = useState<{ Extras: ComponentType }>()
  const isLost = useConnection().state === 'lost'
  useEffect(() => {
    if (loaded || isLost) return
    return whenIdle(() => void import('./Extras').then(setLoaded, () => {}))
  }, [loaded, isLost])
  return loaded ? <loaded.Extras /> : null
}
