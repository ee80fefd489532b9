import { Alert, Button, Code, PasswordInput, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { explain, isSignedOut } from '~/api/problem'
import { signIn } from './session'

/** Asks for a token. It is in this field and the request, and nowhere else. */
export function SignInForm({ submit = 'Sign in' }: { submit?: string }) {
  const [token, setToken] = useState('')
  const signing = useMutation({ mutationFn: signIn })
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    if (token.trim() !== '') signing.mutate(token.trim())
  }
  return (
    <form onSubmit={onSubmit}>
      <Stack>
        <PasswordInput
          label="API token"
          description="The session ends by itself when it is not used, and at once when the token is revoked."
          placeholder="pld_…"
          autoComplete="current-password"
          data-autofocus
          autoFocus
          required
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
        />
        {signing.error && <Refusal error={signing.error} />}
        <Button type="submit" loading={signing.isPending}>
          {submit}
        </Button>
        <Text size="sm" c="var(--polder-muted)">
          The first start of a server writes a token for its administrator into <Code>admin-token</Code> in its data
          folder. Whoever has signed in with it makes others, on the page Tokens or with{' '}
          <Code>polder token create</Code>.
        </Text>
      </Stack>
    </form>
  )
}

/** The server's advice is for programs. */
const WRONG = {
  title: 'Nobody can sign in with this token',
  hint: 'It is not known here, has expired, or was revoked. See whether all of it was copied; it begins with pld_.',
}

function Refusal({ error }: { error: unknown }) {
  const { title, hint } = isSignedOut(error) ? WRONG : explain(error)
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={title} role="alert">
      {hint}
    </Alert>
  )
}
