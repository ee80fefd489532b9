import { Fragment } from 'react'

/** A name as of a table, which may be broken behind a dot or a `_`, and within a word only where nothing else helps. */
export function Names({ text }: { text: string }) {
  return text.split(/(?<=[._])(?=[^._])/).map((part, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the place in the name is what a part is known by
    <Fragment key={place}>
      {place > 0 && <wbr />}
      {part}
    </Fragment>
  ))
}
