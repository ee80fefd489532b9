import { Anchor } from '@mantine/core'
import { Link } from 'react-router'
import type { AuditEntry } from '~/api/schema'
import { within } from '~/kit/Links'
import { absolute } from '~/kit/time'
import classes from './audit.module.css'
import { detailOf, pageOfValue, textOf } from './references'

/** Everything that an entry says. */
export function Details({ entry }: { entry: AuditEntry }) {
  const said = [
    ['at', absolute(entry.at)],
    ['actor', entry.actor],
    ['from', entry.address],
    ['action', entry.action],
    ['object', entry.object],
    ['team', entry.team],
    ['environment', entry.environment],
    ...detailOf(entry),
  ].filter((member): member is [string, unknown] => member[1] !== null && member[1] !== undefined)
  return (
    <dl className={classes.members}>
      {said.map(([key, value]) => (
        <Member key={`${key}: ${textOf(value)}`} name={key} value={value} environment={entry.environment ?? 'prod'} />
      ))}
    </dl>
  )
}

function Member({ name, value, environment }: { name: string; value: unknown; environment: string }) {
  const page = pageOfValue(name, value)
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {page ? (
          <Anchor component={Link} to={within(environment, page)} inherit>
            {textOf(value)}
          </Anchor>
        ) : (
          textOf(value)
        )}
      </dd>
    </>
  )
}
