import { type ReactNode, useCallback } from 'react'
import type { Pages } from '~/api/queries'
import type { PublishView } from '~/api/schema'
import { Loaded } from '~/kit/Loaded'
import { DataTable } from '~/kit/table/DataTable'
import { COLUMNS } from './publishColumns'

type Props = { publishes: Pages<'/api/v1/lake/publishes'>; none: ReactNode }

/** Publishes, as far as somebody has scrolled. */
export function PublishList({ publishes, none }: Props) {
  const { items, hasNextPage, fetchNextPage, isFetching } = publishes
  const more = useCallback(() => void (hasNextPage && fetchNextPage()), [hasNextPage, fetchNextPage])
  return (
    <Loaded query={publishes} lines={8}>
      {() =>
        items.length > 0 ? (
          <DataTable label="Publishes" rows={items} columns={COLUMNS} rowKey={keyOf} onEnd={more} busy={isFetching} />
        ) : (
          none
        )
      }
    </Loaded>
  )
}

const keyOf = ({ id }: PublishView) => id
