import { ActionIcon, Stack, Tooltip } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { usePages } from '~/api/queries'
import { Empty } from '~/kit/Empty'
import { Loaded } from '~/kit/Loaded'
import { PageHeader } from '~/kit/PageHeader'
import { useGrants } from '~/session/rights'
import { useMay } from '~/session/session'
import { inWords } from '~/session/words'
import { AuditTable } from './AuditTable'
import { Filters } from './Filters'
import { useFilters } from './useFilters'

const WHAT = 'Who did what, when and from where. It is only ever added to.'

export function AuditPage() {
  return useMay('admin') ? <Audit /> : <NotForYou />
}

function Audit() {
  const { wanted, any, clear } = useFilters()
  const entries = usePages('/api/v1/audit', { params: { query: { ...wanted, limit: 100 } } })
  const more = () => void (entries.hasNextPage && !entries.isFetchingNextPage && entries.fetchNextPage())
  return (
    <>
      <PageHeader
        title="Audit"
        below={WHAT}
        actions={<Refresh busy={entries.isFetching} onClick={() => void entries.refetch()} />}
      />
      <Stack gap="sm">
        <Filters any={any} onClear={clear} />
        <Loaded query={entries} lines={10}>
          {() =>
            entries.items.length > 0 || entries.hasNextPage ? (
              <AuditTable entries={entries.items} onEnd={more} busy={entries.isFetchingNextPage} />
            ) : (
              <Nothing any={any} />
            )
          }
        </Loaded>
      </Stack>
    </>
  )
}

function Refresh({ busy, onClick }: { busy: boolean; onClick: () => void }) {
  return (
    <Tooltip label="Look for new entries">
      <ActionIcon variant="default" size="lg" aria-label="Look for new entries" loading={busy} onClick={onClick}>
        <IconRefresh size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

function Nothing({ any }: { any: boolean }) {
  return any ? (
    <Empty title="No entry fits all of this">Actor, action and object must fit exactly; the search takes parts.</Empty>
  ) : (
    <Empty title="Nothing was done yet" command="polder audit">
      Whatever changes something is written down here: runs that are started, deployments, secrets, tokens.
    </Empty>
  )
}

function NotForYou() {
  const roles = useGrants().map(inWords).join(', ')
  return (
    <>
      <PageHeader title="Audit" below={WHAT} />
      <Empty title="Only admins of all teams may see the audit log">
        You are {roles || 'without a role'}. The log tells of all teams, so a role of one team is not enough.
      </Empty>
    </>
  )
}
