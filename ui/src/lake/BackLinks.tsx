import type { PublishView } from '~/api/schema'
import { shortId, To } from '~/kit/Links'
import { publishPath } from '~/sql/names'

/** What a publish takes back, and what has taken it back, each a link to the other; nothing of most. */
export function BackLinks({ publish: { rolls_back, rolled_back_by } }: { publish: PublishView }) {
  return (
    <>
      {rolls_back && <>roll-back of {linkTo(rolls_back)}</>}
      {rolls_back && rolled_back_by && ', '}
      {rolled_back_by && <>rolled back by {linkTo(rolled_back_by)}</>}
    </>
  )
}

const linkTo = (id: string) => (
  <To to={publishPath(id)} inherit underline="always">
    {shortId(id)}
  </To>
)
