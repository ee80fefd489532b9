import { Group, Stack, Switch, Text } from '@mantine/core'
import { useMemo } from 'react'
import { useGet } from '~/api/queries'
import type { BranchView } from '~/api/schema'
import { Empty } from '~/kit/Empty'
import { To, useEnvironment } from '~/kit/Links'
import { Loaded } from '~/kit/Loaded'
import { PageHeader } from '~/kit/PageHeader'
import { SearchField } from '~/kit/SearchField'
import { DataTable } from '~/kit/table/DataTable'
import { count } from '~/kit/units'
import { useUrl } from '~/kit/useUrl'
import { COLUMNS } from './branchColumns'
import { found } from './branches'
import { Views } from './Views'

/** That a branch was made, or an environment reset, is no news of the stream of changes; in milliseconds. */
const LOOK_AGAIN = 30_000
/** The server answers with no more. */
const MOST = 500

/** What was written in an environment apart from what its readers see. */
export function BranchesPage() {
  const environment = useEnvironment()
  const query = { environment }
  const branches = useGet('/api/v1/lake/branches', { params: { query }, refetchInterval: LOOK_AGAIN })
  return (
    <>
      <PageHeader
        title="Branches"
        above={<To to="/lake">Lake</To>}
        below={`Of ${environment}, newest first. A step writes to a branch of its own, which nobody else sees until it is published.`}
      />
      <Stack gap="sm">
        <Group justify="space-between">
          <SearchField label="Branch, run or step" />
          <Group>
            <OnlyUnpublished />
            <Views view="branches" />
          </Group>
        </Group>
        <Loaded query={branches} lines={8}>
          {({ items }) => <Found branches={items} environment={environment} />}
        </Loaded>
      </Stack>
    </>
  )
}

const useUnpublished = () => useUrl('unpublished')

function OnlyUnpublished() {
  const [only, setOnly] = useUnpublished()
  return (
    <Switch
      label="Only unpublished ones"
      checked={only === 'yes'}
      onChange={(event) => setOnly(event.currentTarget.checked ? 'yes' : '')}
    />
  )
}

function Found({ branches, environment }: { branches: BranchView[]; environment: string }) {
  const [search] = useUrl('search')
  const only = useUnpublished()[0] === 'yes'
  const rows = useMemo(() => found(branches, search, only), [branches, search, only])
  return (
    <>
      {rows.length > 0 ? (
        <DataTable label="Branches" rows={rows} columns={COLUMNS} rowKey={keyOf} rowHeight={52} />
      ) : (
        <None environment={environment} search={search} written={branches.length} />
      )}
      {branches.length >= MOST && (
        <Text size="sm" c="var(--polder-muted)" ta="center">
          Of the newest {count(MOST)} branches. Older ones are found on the pages of their runs.
        </Text>
      )}
    </>
  )
}

const keyOf = ({ id }: BranchView) => id

function None({ environment, search, written }: { environment: string; search: string; written: number }) {
  if (written === 0) {
    return (
      <Empty title={`Nothing was written in ${environment} yet`}>
        A step with sql: writes to a branch. What it wrote when it failed is kept there for a while, and can be looked
        into.
      </Empty>
    )
  }
  if (search) return <Empty title={`No branch of ${environment} has “${search}” in its name, run or step`} />
  return <Empty title={`Everything that was written in ${environment} was published`}>Or its time was over.</Empty>
}
