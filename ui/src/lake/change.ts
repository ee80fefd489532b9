/**
 * How many rows a publish brought, in words: a roll-back takes them away, and may put back those that were there before. Rows that were
 * rejected are counted beside them.
 */
import type { PublishedTable, PublishView } from '~/api/schema'
import { count, counted } from '~/kit/units'
import { isOfRejected } from './rejected'

type Tables = Pick<PublishedTable, 'rows' | 'rows_removed'>[]
type Named = Pick<PublishedTable, 'name' | 'rows' | 'rows_removed'>[]

const added = (tables: Tables) => tables.reduce((all, { rows }) => all + rows, 0)
const removed = (tables: Tables) => tables.reduce((all, { rows_removed }) => all + (rows_removed ?? 0), 0)

/** `1,658`; of a roll-back `−1,658`, or `−1,658 +1,500`. */
export function rowsChanged(publish: Pick<PublishView, 'rolls_back'>, tables: Tables): string {
  if (!publish.rolls_back) return count(added(tables))
  const away = removed(tables) > 0 ? [`−${count(removed(tables))}`] : []
  const back = added(tables) > 0 ? [`+${count(added(tables))}`] : []
  return [...away, ...back].join(' ') || '0'
}

/** Those of tables that are not of rejected rows. */
export const written = <T extends { name: string }>(tables: T[]) => tables.filter(({ name }) => !isOfRejected(name))

/** `2 rejected`, or nothing. */
export function rejectedInWords({ rolls_back }: Pick<PublishView, 'rolls_back'>, tables: Named): string {
  const rejected = added(tables.filter(({ name }) => isOfRejected(name)))
  return rolls_back || rejected === 0 ? '' : `${count(rejected)} rejected`
}

/** `1,658 rows added, 2 rejected`; of a roll-back `1,658 rows removed, 1,500 put back`. */
export function rowsInWords(publish: Pick<PublishView, 'rolls_back'>, all: Named): string {
  const tables = written(all)
  const rejected = rejectedInWords(publish, all)
  if (!publish.rolls_back) return [`${counted(added(tables), 'row')} added`, rejected].filter(Boolean).join(', ')
  const back = added(tables) > 0 ? `, ${count(added(tables))} put back` : ''
  return `${counted(removed(tables), 'row')} removed${back}`
}
