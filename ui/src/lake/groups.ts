/** Tables under the schemas that they are in. */
import type { LakeTable } from '~/api/schema'
import { partsOf } from '~/sql/names'

export type Line = { kind: 'schema'; name: string } | { kind: 'table'; table: LakeTable }

/** The tables in the order that they come in, which is by name; before the first of each schema, a line with its name. */
export function grouped(tables: LakeTable[]): Line[] {
  let before: string | undefined
  return tables.flatMap((table): Line[] => {
    const [schema] = partsOf(table.name)
    const first = schema.toLowerCase() !== before
    before = schema.toLowerCase()
    const line: Line = { kind: 'table', table }
    return first ? [{ kind: 'schema', name: schema }, line] : [line]
  })
}

export const keyOf = (line: Line) => (line.kind === 'schema' ? `${line.name}.` : line.table.name)
