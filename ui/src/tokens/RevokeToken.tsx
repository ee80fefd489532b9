import { List } from '@mantine/core'
import { answer, api } from '~/api/client'
import type { TokenView } from '~/api/schema'
import { Confirm } from '~/kit/Confirm'
import { Notice } from '~/kit/Notice'
import { TimeAgo } from '~/kit/Times'
import { useAction } from '~/kit/useAction'
import { useSignedIn } from '~/session/session'
import { inWords } from '~/session/words'

export function RevokeToken({ token, onClose }: { token: TokenView; onClose: () => void }) {
  const action = useAction({
    run: () => answer(api.DELETE('/api/v1/tokens/{id}', { params: { path: { id: token.id } } })),
    done: () => `The token ${token.name} is revoked.`,
    stale: ['/api/v1/tokens', '/api/v1/audit', '/api/v1/session'],
    quiet: true,
  })
  return (
    <Confirm
      opened
      title={`Revoke ${token.name}?`}
      deed="Revoke"
      busy={action.isPending}
      error={action.error}
      onConfirm={() => action.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      <List size="sm" spacing={4}>
        <List.Item>It is {token.grants.map(inWords).join(', ')}.</List.Item>
        <List.Item>{token.last_used_at ? <LastUse at={token.last_used_at} /> : 'It was never used.'}</List.Item>
        <List.Item>What uses it is refused from then on, and sessions that began with it end at once.</List.Item>
        <List.Item>This cannot be taken back. Runs that it started go on.</List.Item>
      </List>
      <OneOwn token={token} />
    </Confirm>
  )
}

function LastUse({ at }: { at: string }) {
  return (
    <>
      It was last used <TimeAgo at={at} />.
    </>
  )
}

/** Names of valid tokens are unique, so this is the viewer's own if it has their name. */
function OneOwn({ token }: { token: TokenView }) {
  const { data } = useSignedIn()
  if (!data || data.state === 'out' || data.session.name !== token.name) return null
  return <Notice kind="warning">You are signed in with this token: you will have to sign in with another one.</Notice>
}
