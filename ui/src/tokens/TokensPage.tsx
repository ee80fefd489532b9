import { Button, Group, Stack, Switch } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useGet } from '~/api/queries'
import type { TokenView } from '~/api/schema'
import { Empty } from '~/kit/Empty'
import { Loaded } from '~/kit/Loaded'
import { Notice } from '~/kit/Notice'
import { PageHeader } from '~/kit/PageHeader'
import { SearchField } from '~/kit/SearchField'
import { useUrl } from '~/kit/useUrl'
import { useGrants, useMaySomewhere } from '~/session/rights'
import { useMay } from '~/session/session'
import { inWords } from '~/session/words'
import { CreateToken } from './CreateToken'
import { RevokeToken } from './RevokeToken'
import { TokenTable } from './TokenTable'

const WHAT = 'With a token a person or program signs in. It has a name, roles, and an end.'

export function TokensPage() {
  return useMaySomewhere('admin') ? <Tokens /> : <NotForYou />
}

function Tokens() {
  const [creating, setCreating] = useUrl('create')
  const [revoking, setRevoking] = useState<TokenView>()
  return (
    <>
      <PageHeader
        title="Tokens"
        below={WHAT}
        actions={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating('1')}>
            Create a token
          </Button>
        }
      />
      <List onRevoke={setRevoking} />
      {creating === '1' && <CreateToken onClose={() => setCreating('')} />}
      {revoking && <RevokeToken token={revoking} onClose={() => setRevoking(undefined)} />}
    </>
  )
}

function List({ onRevoke }: { onRevoke: (token: TokenView) => void }) {
  const [search] = useUrl('search')
  const [revoked, setRevoked] = useUrl('revoked')
  const tokens = useGet('/api/v1/tokens', { params: { query: search ? { search } : {} } })
  const shown = tokens.data?.items.filter((token) => revoked === 'yes' || !token.revoked_at) ?? []
  return (
    <Stack gap="sm">
      <OfSomeTeams />
      <Group justify="space-between">
        <SearchField label="Name, role or team" />
        <Switch
          label="Show revoked ones"
          checked={revoked === 'yes'}
          onChange={(event) => setRevoked(event.currentTarget.checked ? 'yes' : '')}
        />
      </Group>
      <Loaded query={tokens} lines={6}>
        {({ items }) =>
          shown.length > 0 ? (
            <TokenTable tokens={shown} onRevoke={onRevoke} />
          ) : (
            <NoTokens search={search} hidden={items.length} />
          )
        }
      </Loaded>
    </Stack>
  )
}

function NoTokens({ search, hidden }: { search: string; hidden: number }) {
  if (hidden > 0) return <Empty title="Only revoked tokens are left here">Switch them on above to see them.</Empty>
  if (search) return <Empty title={`No token has “${search}” in its name, roles or maker`} />
  return (
    <Empty title="There are no tokens for your teams yet" command="polder token create NAME --role viewer:TEAM">
      Give each person and program a token of its own: then the audit log says who did what, and one can be revoked
      alone.
    </Empty>
  )
}

/** The list of somebody who is an admin of some teams only is not whole, and says so. */
function OfSomeTeams() {
  const grants = useGrants()
  if (useMay('admin')) return null
  const roles = grants.filter((grant) => grant.role === 'admin').map(inWords)
  return (
    <Notice kind="info">You are {roles.join(' and ')}. Tokens that are also for other teams are not listed.</Notice>
  )
}

function NotForYou() {
  const roles = useGrants().map(inWords).join(', ')
  return (
    <>
      <PageHeader title="Tokens" below={WHAT} />
      <Empty title="Only admins may see tokens">
        You are {roles || 'without a role'}. An admin of your team, or of all teams, can make a token for you, or give
        you one that may do more.
      </Empty>
    </>
  )
}
