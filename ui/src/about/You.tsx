import { useGet } from '~/api/queries'
import { Loaded } from '~/kit/Loaded'
import { TimeAgo } from '~/kit/Times'
import { useSignedIn } from '~/session/session'
import { inWords } from '~/session/words'
import { Facts } from './Card'

/** Whom the server takes the viewer for. */
export function You() {
  const whoami = useGet('/api/v1/whoami')
  const { data } = useSignedIn()
  const session = data?.state === 'in' ? data.session : undefined
  return (
    <Loaded query={whoami}>
      {({ name, grants, workspace, expires_at }) => (
        <Facts
          facts={[
            ['Name', name],
            ['Roles', grants.map(inWords).join(', ')],
            ['Workspace', workspace],
            ['Token', expires_at ? <Ends key="token" at={expires_at} /> : 'works until it is revoked'],
            [
              'Session',
              session ? <Ends key="session" at={session.expires_at} unless="you go on working" /> : 'has ended',
            ],
          ]}
        />
      )}
    </Loaded>
  )
}

function Ends({ at, unless }: { at: string; unless?: string }) {
  return (
    <>
      ends <TimeAgo at={at} />
      {unless && ` unless ${unless}`}
    </>
  )
}
