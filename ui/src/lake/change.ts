/** How many rows a publish brought, in words: a roll-back takes them away, and may put back those that were there before. */
import type { PublishedTable, PublishView } from '~/api/schema'
import { count, counted } from '~/kit/units'

type Tables = Pick<PublishedTable, 'rows' | 'rows_removed'>[]

const added = (tables: Tables) => tables.reduce((all, { rows }) => all + rows, 0)
const removed = (tables: Tables) => tables.reduce((all, { rows_removed }) => all + (rows_removed ?? 0), 0)

/** `1,658`; of a roll-back `−1,658`, or `−1,658 +1,500`. */
export function rowsChanged(publish: Pick<PublishView, 'rolls_back'>, tables: Tables): string {
  if (!publish.rolls_back) return count(added(tables))
  const away = removed(tables) > 0 ? [`−${count(removed(tables))}`] : []
  const back = added(tables) > 0 ? [`+${count(added(tables))}`] : []
  return [...away, ...back].join(' ') || '0'
}

/** `1,658 rows added`; of a roll-back `1,658 rows removed, 1,500 put back`. */
export function rowsInWords(publish: Pick<PublishView, 'rolls_back'>, tables: Tables): string {
  if (!publish.rolls_back) return `${counted(added(tables), 'row')} added`
  const back = added(tables) > 0 ? `, ${count(added(tables))} put back` : ''
  return `${counted(removed(tables), 'row')} removed${back}`
}
