/** The tables and columns that a statement can name, as far as completing needs them. */
import { useQuery } from '@tanstack/react-query'
import { get } from '~/api/queries'
import type { LakeTable } from '~/api/schema'
import { groupBy } from '~/kit/groupBy'
import { useSignedIn } from '~/session/session'
import { ask } from './ask'
import { partsOf } from './names'
import type { Known } from './proposals'

/** Names that are kept at most, in pages of this many. */
const [PAGES, PAGE] = [10, 500]
const MOST_COLUMNS = 50_000

const NONE: Known = {}

/** A branch may have tables that nobody has published. */
export function useNames(environment: string, branch: string): Known {
  const signedIn = useSignedIn().data?.state === 'in'
  const query = useQuery({
    // As a list of tables, it is old when something is published.
    queryKey: ['/api/v1/lake/tables', { query: { environment } }, 'names', branch],
    queryFn: ({ signal }) => (branch ? ofBranch(environment, branch, signal) : ofTables(environment, signal)),
    // Asking takes what the session tells.
    enabled: signedIn,
  })
  return query.data ?? NONE
}

async function ofTables(environment: string, signal: AbortSignal): Promise<Known> {
  const tables: LakeTable[] = []
  let cursor: string | undefined
  for (let page = 0; page < PAGES; page++) {
    const query = { environment, limit: PAGE, ...(cursor ? { cursor } : {}) }
    const { items, next_cursor } = await get('/api/v1/lake/tables', { query }, signal)
    tables.push(...items)
    if (!next_cursor) break
    cursor = next_cursor
  }
  const own = await get('/api/v1/sql/tables', {}, signal)
  const known = [...own, ...tables.map(({ name, facts }) => ({ name, columns: facts?.columns ?? [] }))]
  return namespace(known.flatMap(({ name, columns }) => columns.map((column) => [...partsOf(name), column.name])))
}

const COLUMNS = `SELECT table_schema, table_name, column_name FROM information_schema.columns
WHERE table_schema <> 'information_schema' ORDER BY 1, 2, ordinal_position`

async function ofBranch(environment: string, branch: string, signal: AbortSignal): Promise<Known> {
  const { rows } = await ask({ sql: COLUMNS, environment, branch, rows: MOST_COLUMNS }, signal)
  return namespace(rows.map((row) => row.map(String)))
}

/** Of schemas, tables and columns, each column with where it is. */
export function namespace(columns: string[][]): Known {
  const schemas = groupBy(columns, ([schema]) => schema ?? '')
  return Object.fromEntries(
    [...schemas].map(([schema, within]) => {
      const tables = groupBy(within, ([, table]) => table ?? '')
      return [schema, Object.fromEntries([...tables].map(([table, of]) => [table, of.map((one) => one[2] ?? '')]))]
    }),
  )
}
