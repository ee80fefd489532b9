/** Names of tables in statements, and addresses that lead to them. */

const PLAIN = /^[a-z_][a-z0-9_]*$/
/** Words that cannot stand for a name as they are. */
const RESERVED = new Set(
  'all and as asc between by case cross desc distinct else end except false from full group having in inner intersect is join left like limit natural not null offset on or order outer right select set table then true union using values when where with'.split(
    ' ',
  ),
)

/** A name as it can stand in a statement: what is not plain keeps its case in quotes. */
export const quoted = (name: string) =>
  PLAIN.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`

/** `raw.orders` → its schema and its own name. */
export function partsOf(name: string): [string, string] {
  const dot = name.indexOf('.')
  return dot < 0 ? ['', name] : [name.slice(0, dot), name.slice(dot + 1)]
}

/** The table as a statement calls it. */
export function reference(name: string): string {
  return partsOf(name)
    .filter((part) => part !== '')
    .map(quoted)
    .join('.')
}

/** Some rows of a table: of the newest version if none is given. */
export function selectFrom(name: string, limit: number, version?: number): string {
  const asItWas = version === undefined ? '' : ` VERSION AS OF ${version}`
  return `SELECT *\nFROM ${reference(name)}${asItWas}\nLIMIT ${limit}`
}

/** The same of these columns alone. */
export const selectSome = (name: string, columns: string[], limit: number) =>
  `SELECT ${columns.map(quoted).join(', ')}\nFROM ${reference(name)}\nLIMIT ${limit}`

export const tablePath = (name: string) => `/lake/tables/${encodeURIComponent(name)}`
export const publishPath = (id: string) => `/lake/publishes/${encodeURIComponent(id)}`
