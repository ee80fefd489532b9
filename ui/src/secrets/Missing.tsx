import { Group, Text } from '@mantine/core'
import type { MissingSecret } from '~/api/schema'
import { MayButton } from '~/kit/MayButton'
import { Notice } from '~/kit/Notice'
import { counted } from '~/kit/units'
import { useMay } from '~/session/session'
import classes from './missing.module.css'
import { keyOfSecret } from './names'
import { UsedBy } from './UsedBy'

type Does = { onSet: (secret: MissingSecret) => void }

/** What pipelines ask for in vain, who does, and the way to mend it. */
export function Missing({ secrets, onSet }: { secrets: MissingSecret[] } & Does) {
  const one = secrets.length === 1
  const title = `${counted(secrets.length, 'secret')} ${one ? 'is' : 'are'} asked for and not set`
  return (
    <Notice kind="warning" title={title}>
      <Text size="sm">
        A step that asks for {one ? 'it' : 'one of them'} fails before its command is started. Once it is set, run what
        failed again.
      </Text>
      <ul className={classes.list} aria-label="Secrets that are not set">
        {secrets.map((secret) => (
          <li key={keyOfSecret(secret)} className={classes.row}>
            <One secret={secret} onSet={onSet} />
          </li>
        ))}
      </ul>
    </Notice>
  )
}

function One({ secret, onSet }: { secret: MissingSecret } & Does) {
  const { team, name } = secret
  return (
    <>
      <div className={classes.about}>
        <Text ff="monospace" fz="sm">
          <Text span inherit c="var(--polder-muted)">
            {team}/
          </Text>
          <Text span inherit fw={600}>
            {name}
          </Text>
        </Text>
        <Group gap="2px 8px" fz="sm">
          <Text span inherit c="var(--polder-muted)">
            asked for by
          </Text>
          <UsedBy secret={secret} />
        </Group>
      </div>
      <MayButton
        may={useMay('operator', team)}
        who={`an operator of ${team}`}
        size="compact-sm"
        aria-label={`Set ${team}/${name}`}
        onClick={() => onSet(secret)}
      >
        Set
      </MayButton>
    </>
  )
}
