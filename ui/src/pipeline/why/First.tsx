import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'

type Props<T> = { of: number; items: T[]; what: string; children: (item: T) => ReactNode }

/** The first few of many; the rest is there for who asks. */
export function First<T>({ of, items, what, children }: Props<T>) {
  const [all, setAll] = useState(false)
  const hidden = items.length - of
  return (
    <>
      {(all ? items : items.slice(0, of)).map(children)}
      {hidden > 0 && (
        <div>
          <Button size="compact-sm" variant="default" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? 'Show fewer' : `Show ${hidden} more ${what}`}
          </Button>
        </div>
      )}
    </>
  )
}
