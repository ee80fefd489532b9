import { Autocomplete, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { useGet } from '~/api/queries'
import type { SecretView } from '~/api/schema'
import { Failure } from '~/kit/Failure'
import { Notice } from '~/kit/Notice'
import { fullName } from './names'
import { UsedBy } from './UsedBy'
import { useSetSecret } from './useSetSecret'
import { type Source, ValueField } from './ValueField'

type Props = {
  environment: string
  /** The one that gets a new value; else a new one is set. */
  secret?: SecretView | undefined
  /** What is known of a new one. */
  asked?: { team: string; name: string } | undefined
  onClose: () => void
}

/** Sets a secret, or gives one that is there a new value. */
export function SecretDialog({ environment, secret, asked, onClose }: Props) {
  const { team: ofTeam = '', name: called = '' } = secret ?? asked ?? {}
  const [team, setTeam] = useState(ofTeam)
  const [name, setName] = useState(called)
  const source = useRef<Source | null>(null)
  const close = () => {
    source.current?.clear()
    onClose()
  }
  const place = { team: team.trim(), environment, name: name.trim() }
  const { send, busy, mistake, refusal } = useSetSecret(place, source, close)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    send()
  }
  return (
    <Modal
      opened
      onClose={close}
      title={secret ? `New value for ${fullName(secret)}` : `Set a secret in ${environment}`}
      centered
    >
      <form onSubmit={submit} autoComplete="off">
        <Stack>
          {secret ? (
            <Rotating secret={secret} />
          ) : (
            <>
              <Names {...{ team, setTeam, name, setName, environment }} focus={called === ''} />
              <Replaces {...place} />
            </>
          )}
          <ValueField source={source} mistake={mistake} first={called !== ''} />
          {refusal && <Failure error={refusal} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={busy}>
              {secret ? 'Replace the value' : 'Set the secret'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function Rotating({ secret }: { secret: SecretView }) {
  return (
    <Text size="sm" component="div">
      It becomes version {secret.version + 1} in {secret.environment}; the old value is gone then. Runs that start from
      now on get the new one:
      <UsedBy secret={secret} all />
    </Text>
  )
}

type NamesProps = {
  team: string
  setTeam: (team: string) => void
  name: string
  setName: (name: string) => void
  environment: string
  /** Whether one begins here. */
  focus: boolean
}

function Names({ team, setTeam, name, setName, environment, focus }: NamesProps) {
  const { data } = useGet('/api/v1/environments')
  const teams = data?.items.find((item) => item.name === environment)?.teams.map((one) => one.name) ?? []
  return (
    <Group align="flex-start" grow>
      <Autocomplete
        label="Team"
        data-autofocus={focus || undefined}
        placeholder="weather"
        required
        data={teams}
        comboboxProps={{ withinPortal: false }}
        value={team}
        onChange={setTeam}
        autoComplete="off"
      />
      <TextInput
        label="Name"
        placeholder="api-token"
        required
        pattern="[A-Za-z0-9][A-Za-z0-9._\-]*"
        maxLength={63}
        title="Letters, digits, -, _ and ., beginning with a letter or digit"
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </Group>
  )
}

/** Nobody is to overwrite by mistake what others rely on. */
function Replaces({ team, environment, name }: { team: string; environment: string; name: string }) {
  const { data } = useGet('/api/v1/secrets', { params: { query: { environment } } })
  const present = data?.items.find((secret) => secret.team === team && secret.name === name)
  if (!present) return null
  return (
    <Notice kind="warning" role="status" title={`${fullName(present)} is set already, in version ${present.version}`}>
      Setting it replaces that value for <UsedBy secret={present} all />
    </Notice>
  )
}
