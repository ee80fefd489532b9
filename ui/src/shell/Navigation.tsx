import { AppShell, Divider, Kbd, NavLink } from '@mantine/core'
import { Link, useLocation } from 'react-router'
import { useEnvironment, within } from '~/kit/Links'
import { PLACES, type Place } from './places'
import classes from './shell.module.css'

export function Navigation() {
  return (
    <AppShell.Section grow className={classes.places}>
      <nav aria-label="Places">
        <Group of="work" />
        <Divider my="xs" />
        <Group of="server" />
      </nav>
    </AppShell.Section>
  )
}

function Group({ of }: { of: Place['group'] }) {
  return PLACES.filter((place) => place.group === of).map((place) => <To key={place.path} place={place} />)
}

function To({ place }: { place: Place }) {
  const { pathname } = useLocation()
  const environment = useEnvironment()
  const Icon = place.icon
  const here = place.path === '/' ? pathname === '/' : pathname.startsWith(place.path)
  return (
    <NavLink
      component={Link}
      to={within(environment, place.path)}
      label={place.name}
      active={here}
      aria-current={here ? 'page' : undefined}
      className={classes.place}
      leftSection={<Icon size={18} stroke={1.8} aria-hidden />}
      rightSection={
        <Kbd size="xs" className={classes.key} aria-hidden>
          g {place.key}
        </Kbd>
      }
    />
  )
}
