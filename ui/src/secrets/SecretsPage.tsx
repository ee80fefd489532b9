import { Group, Stack, Text } from '@mantine/core'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useGet } from '~/api/queries'
import type { SecretView } from '~/api/schema'
import { Empty } from '~/kit/Empty'
import { useEnvironment } from '~/kit/Links'
import { Loaded } from '~/kit/Loaded'
import { MayButton } from '~/kit/MayButton'
import { PageHeader } from '~/kit/PageHeader'
import { SearchField } from '~/kit/SearchField'
import { counted } from '~/kit/units'
import { useUrl } from '~/kit/useUrl'
import { useMaySomewhere } from '~/session/rights'
import { useMay } from '~/session/session'
import { DeleteSecret } from './DeleteSecret'
import { Missing } from './Missing'
import { partsOf } from './names'
import { RotateKey } from './RotateKey'
import { SecretDialog } from './SecretDialog'
import { SecretTable } from './SecretTable'
import { useMissing } from './useMissing'

/** In the address when one is set that nothing is known of yet. */
const NEW = 'new'

/** What is open on top of the list. */
type Open = { dialog: 'rotate' | 'delete'; secret: SecretView } | { dialog: 'key' } | undefined

export function SecretsPage() {
  const environment = useEnvironment()
  const [search] = useUrl('search')
  const [, setAsked] = useUrl('set')
  const [open, setOpen] = useState<Open>()
  const query = { environment, ...(search ? { search } : {}) }
  const secrets = useGet('/api/v1/secrets', { params: { query } })
  const missing = useMissing(query)
  const close = () => setOpen(undefined)
  return (
    <>
      <PageHeader
        title="Secrets"
        below={`Of ${environment}. Values are stored encrypted, and shown to nobody.`}
        actions={<Actions onSet={() => setAsked(NEW)} onKey={() => setOpen({ dialog: 'key' })} />}
      />
      <Stack gap="sm">
        <Group justify="space-between">
          <SearchField label="Name, team or pipeline" />
          {secrets.data && secrets.data.items.length > 0 && (
            <Text size="sm" c="var(--polder-muted)">
              {counted(secrets.data.items.length, 'secret')}
            </Text>
          )}
        </Group>
        {missing.length > 0 && (
          <Missing secrets={missing} onSet={(secret) => setAsked(`${secret.team}/${secret.name}`)} />
        )}
        <Loaded query={secrets} lines={6}>
          {({ items }) =>
            items.length > 0 ? (
              <SecretTable
                secrets={items}
                onRotate={(secret) => setOpen({ dialog: 'rotate', secret })}
                onDelete={(secret) => setOpen({ dialog: 'delete', secret })}
              />
            ) : (
              <NoSecrets search={search} environment={environment} missing={missing.length} />
            )
          }
        </Loaded>
      </Stack>
      <SetDialog environment={environment} />
      {open?.dialog === 'rotate' && <SecretDialog environment={environment} secret={open.secret} onClose={close} />}
      {open?.dialog === 'delete' && <DeleteSecret secret={open.secret} onClose={close} />}
      {open?.dialog === 'key' && <RotateKey onClose={close} />}
    </>
  )
}

/** That a secret is being set stands in the address, so that other pages can lead here. */
function SetDialog({ environment }: { environment: string }) {
  const [asked, setAsked] = useUrl('set')
  const may = useMaySomewhere('operator')
  if (!asked || !may) return null
  const known = asked === NEW ? undefined : partsOf(asked)
  return <SecretDialog key={asked} environment={environment} asked={known} onClose={() => setAsked('')} />
}

function Actions({ onSet, onKey }: { onSet: () => void; onKey: () => void }) {
  return (
    <>
      <MayButton
        may={useMay('admin')}
        who="an admin of all teams"
        variant="default"
        leftSection={<IconKey size={16} aria-hidden />}
        onClick={onKey}
      >
        Change the master key
      </MayButton>
      <MayButton
        may={useMaySomewhere('operator')}
        who="an operator of a team"
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={onSet}
      >
        Set a secret
      </MayButton>
    </>
  )
}

type Nothing = { search: string; environment: string; missing: number }

function NoSecrets({ search, environment, missing }: Nothing) {
  if (search && missing > 0) return null
  if (search) return <Empty title={`No secret in ${environment} has “${search}” in its name, team or pipelines`} />
  const place = environment === 'prod' ? '' : ` --env ${environment}`
  return (
    <Empty
      title={`There are no secrets in ${environment} yet`}
      command={`printf %s "$VALUE" | polder secret set team/name${place}`}
    >
      A password or key that steps need. They ask for it by its name, and find it in an environment variable; in logs it
      is replaced by stars. Set one here, or in a terminal:
    </Empty>
  )
}
