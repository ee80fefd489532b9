import type { PublishView } from '~/api/schema'
import { groupBy } from '~/kit/groupBy'

export type Reader = { key: string; publish: PublishView; tables: string[] }

/** The steps that read a table, each with its newest publish and with all that it has made of it; what a table keeps of itself is nobody's. */
export function readers(publishes: PublishView[], of: string): Reader[] {
  const bySteps = groupBy(publishes, ({ run, created_by }) =>
    run ? `${run.team}/${run.pipeline} ${run.step}` : created_by,
  )
  return [...bySteps].flatMap(([key, [newest, ...older]]) => {
    if (!newest) return []
    const tables = new Set([newest, ...older].flatMap((publish) => publish.tables.map(({ name }) => name)))
    const others = [...tables].filter((name) => name.toLowerCase() !== of.toLowerCase()).sort()
    return others.length > 0 ? [{ key, publish: newest, tables: others }] : []
  })
}
