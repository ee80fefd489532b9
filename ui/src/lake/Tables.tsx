import { Fragment } from 'react'
import { To } from '~/kit/Links'
import { Names } from '~/kit/Names'
import { tablePath } from '~/sql/names'

/** Tables by their names, each a link. */
export function Tables({ names }: { names: string[] }) {
  return names.map((name, place) => (
    <Fragment key={name}>
      {place > 0 && ', '}
      <To to={tablePath(name)} inherit underline="always">
        <Names text={name} />
      </To>
    </Fragment>
  ))
}
