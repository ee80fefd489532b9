import { AppShell, Burger, Group, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { lazy, Suspense, useEffect, useState } from 'react'
import { Outlet, useLocation } from 'react-router'
import { To } from '~/kit/Links'
import { ConnectionState } from '~/live/ConnectionState'
import { useFollow } from '~/live/useLive'
import { useSignedIn } from '~/session/session'
import { EnvironmentPicker } from './EnvironmentPicker'
import { useKeys } from './keys'
import { Logo } from './Logo'
import { Navigation } from './Navigation'
import { PaletteButton } from './PaletteButton'
import { getAllPages, whenIdle } from './pages'
import classes from './shell.module.css'
import { UserMenu } from './UserMenu'

const Extras = lazy(async () => ({ default: (await import('./Extras')).Extras }))

/** What stands around every page. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure()
  const { pathname } = useLocation()
  const signedIn = useSignedIn().data?.state === 'in'
  useFollow(signedIn)
  const extras = useRest()
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
      </AppShell.Main>
      {extras && (
        <Suspense fallback={null}>
          <Extras />
        </Suspense>
      )}
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

/** True when the first page stands and the browser has nothing else to do; the other pages are then got as well. */
function useRest(): boolean {
  const [rests, setRests] = useState(false)
  useEffect(() => whenIdle(() => setRests(true)), [])
  useEffect(getAllPages, [])
  return rests
}
