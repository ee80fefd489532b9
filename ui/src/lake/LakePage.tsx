import { Button, Code, Group, Stack } from '@mantine/core'
import { IconTerminal2 } from '@tabler/icons-react'
import { useCallback, useMemo } from 'react'
import { Link } from 'react-router'
import { usePages } from '~/api/queries'
import { Empty } from '~/kit/Empty'
import { useEnvironment, within } from '~/kit/Links'
import { Loaded } from '~/kit/Loaded'
import { PageHeader } from '~/kit/PageHeader'
import { SearchField } from '~/kit/SearchField'
import { DataTable } from '~/kit/table/DataTable'
import { useUrl } from '~/kit/useUrl'
import { COLUMNS } from './columns'
import { grouped, keyOf } from './groups'
import { Views } from './Views'

/** The tables of an environment. */
export function LakePage() {
  const environment = useEnvironment()
  const [search] = useUrl('search')
  const query = { environment, limit: 200, ...(search ? { search } : {}) }
  const tables = usePages('/api/v1/lake/tables', { params: { query } })
  const lines = useMemo(() => grouped(tables.items), [tables.items])
  const { hasNextPage, fetchNextPage } = tables
  const more = useCallback(() => void (hasNextPage && fetchNextPage()), [hasNextPage, fetchNextPage])
  return (
    <>
      <PageHeader
        title="Lake"
        below={`Tables of ${environment}, as readers see them now.`}
        actions={
          <Button
            component={Link}
            to={within(environment, '/sql')}
            variant="default"
            leftSection={<IconTerminal2 size={16} aria-hidden />}
          >
            Ask a query
          </Button>
        }
      />
      <Stack gap="sm">
        <Group justify="space-between">
          <SearchField label="Schema or table" />
          <Views view="tables" />
        </Group>
        <Loaded query={tables} lines={8}>
          {() =>
            lines.length > 0 ? (
              <DataTable
                label="Tables"
                rows={lines}
                columns={COLUMNS}
                rowKey={keyOf}
                onEnd={more}
                busy={tables.isFetching}
              />
            ) : (
              <NoTables environment={environment} search={search} />
            )
          }
        </Loaded>
      </Stack>
    </>
  )
}

const EXAMPLE = `steps:
  - name: days
    sql: |
      CREATE OR REPLACE TABLE marts.days AS
      SELECT DATE '2026-01-01' AS day, 42 AS orders;`

function NoTables({ environment, search }: { environment: string; search: string }) {
  if (search) return <Empty title={`No table of ${environment} has “${search}” in its name`} />
  return (
    <Empty
      title={`There are no tables in ${environment} yet`}
      action={
        <Code block ta="left" tabIndex={0}>
          {EXAMPLE}
        </Code>
      }
    >
      A step with sql: fills tables. What it writes is seen when it has succeeded, all of it at once.
    </Empty>
  )
}
