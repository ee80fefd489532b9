import { Button, Group, Input, Modal, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { answer, api } from '~/api/client'
import { Failure } from '~/kit/Failure'
import { useNow } from '~/kit/now'
import { absolute } from '~/kit/time'
import { useAction } from '~/kit/useAction'
import { GrantRows } from './GrantRows'
import { NewToken } from './NewToken'
import { endOf, grantOf, LIVES, type Row } from './words'

type Made = { name: string; text: string }

/** Asks for what a token is to be; then shows it, once. Its text is in this component only, and goes with it. */
export function CreateToken({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<Made>()
  return (
    <Modal
      opened
      onClose={onClose}
      title={made ? `The token ${made.name}` : 'Create a token'}
      size="lg"
      centered
      // A click beside it must not take away what is shown only once.
      closeOnClickOutside={!made}
      closeOnEscape={!made}
    >
      {made ? <NewToken text={made.text} onClose={onClose} /> : <Form onMade={setMade} onClose={onClose} />}
    </Modal>
  )
}

function Form({ onMade, onClose }: { onMade: (made: Made) => void; onClose: () => void }) {
  const [name, setName] = useState('')
  const [rows, setRows] = useState<Row[]>([{ key: 0, role: 'viewer', team: '' }])
  const [life, setLife] = useState('90')
  const action = useAction({
    // The answer is handed on and not answered again: what an action answers is kept for a while.
    run: async () => {
      const expires_at = endOf(life, Date.now())
      const body = { name: name.trim(), grants: rows.map(grantOf), ...(expires_at ? { expires_at } : {}) }
      const created = await answer(api.POST('/api/v1/tokens', { body }))
      onMade({ name: created.name, text: created.token })
    },
    stale: ['/api/v1/tokens', '/api/v1/audit'],
    quiet: true,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    action.mutate()
  }
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack>
        <TextInput
          label="Name"
          description="Who or what it is for. The audit log shows it with everything that is done with the token."
          placeholder="anna, or data-factory"
          required
          maxLength={100}
          data-autofocus
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <GrantRows rows={rows} onChange={setRows} />
        <Life life={life} onChange={setLife} />
        {action.error && <Failure error={action.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={action.isPending}>
            Create the token
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Life({ life, onChange }: { life: string; onChange: (life: string) => void }) {
  const end = endOf(life, useNow())
  return (
    <Input.Wrapper label="Ends after" labelElement="div" labelProps={{ id: 'token-life' }}>
      <SegmentedControl fullWidth data={LIVES} value={life} onChange={onChange} aria-labelledby="token-life" />
      <Text size="sm" c="var(--polder-muted)" mt={4}>
        {end
          ? `On ${absolute(end)}.`
          : 'It works until somebody revokes it. Choose this only for programs that cannot get a new one.'}
      </Text>
    </Input.Wrapper>
  )
}
