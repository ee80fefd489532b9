import { Stack, Text, Title } from '@mantine/core'
import { useEffect, useMemo, useRef } from 'react'
import { Link } from 'react-router'
import { useUrl } from '~/kit/useUrl'
import classes from './docs.module.css'
import { usePlace } from './links'
import { type Document, type Group, grouped, type Operation } from './model'

/** All operations that fit the search, by tag. */
export function OperationList({ document }: { document: Document }) {
  const [search] = useUrl('search')
  const { operation, error, to } = usePlace()
  const groups = useMemo(() => grouped(document, search), [document, search])
  return (
    <nav aria-label="Operations">
      <ul className={classes.operations}>
        <Entry to={to({})} current={!operation && !error} name="Introduction" />
        <Entry to={to({ error: 'list' })} current={error !== ''} name="Error codes" />
      </ul>
      {groups.map((group) => (
        <Tag key={group.tag} group={group} current={operation} to={(id) => to({ operation: id })} />
      ))}
      {groups.length === 0 && (
        <Text size="sm" c="var(--polder-muted)" p="sm">
          No operation has “{search}” in its name, path or description.
        </Text>
      )}
    </nav>
  )
}

function Tag({ group, current, to }: { group: Group; current: string; to: (id: string) => string }) {
  const heading = `tag-${group.tag}`
  return (
    <Stack gap={2} mt="md">
      <Title order={2} size="xs" tt="uppercase" c="var(--polder-muted)" px={8} id={heading} title={group.description}>
        {group.tag}
      </Title>
      <ul className={classes.operations} aria-labelledby={heading}>
        {group.operations.map((one) => (
          <Entry key={one.id} to={to(one.id)} current={one.id === current} name={one.summary} method={one.method} />
        ))}
      </ul>
    </Stack>
  )
}

/** Who comes by a link sees where in the list they are. */
function useInView(wanted: boolean) {
  const place = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (wanted) place.current?.scrollIntoView({ block: 'nearest' })
  }, [wanted])
  return place
}

type EntryProps = { to: string; current: boolean; name: string; method?: string }

function Entry({ to, current, name, method }: EntryProps) {
  return (
    <li ref={useInView(current)}>
      <Link to={to} className={classes.operation} aria-current={current ? 'page' : undefined}>
        {method && <Method method={method} />}
        <span>{name}</span>
      </Link>
    </li>
  )
}

export function Method({ method }: Pick<Operation, 'method'>) {
  return (
    <span className={classes.method} data-method={method}>
      {method}
    </span>
  )
}
