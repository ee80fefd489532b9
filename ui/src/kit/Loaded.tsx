import { Skeleton, Stack } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Failure } from './Failure'

type Props<T> = {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch'>
  /** Lines of grey to show while nothing is known. */
  lines?: number
  children: (data: NonNullable<T>) => ReactNode
}

/** The three states of everything that is asked for. What was known stays on the page when asking again fails. */
export function Loaded<T>({ query, lines = 3, children }: Props<T>) {
  const { data, error, refetch } = query
  if (data !== undefined && data !== null) {
    return (
      <>
        {error && <Failure error={error} retry={() => refetch()} />}
        {children(data)}
      </>
    )
  }
  return error ? <Failure error={error} retry={() => refetch()} /> : <Lines count={lines} />
}

function Lines({ count }: { count: number }) {
  return (
    <Stack gap="sm" aria-busy aria-label="Loading" role="status">
      {Array.from({ length: count }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <Skeleton key={line} height={28} width={line % 3 === 2 ? '60%' : '100%'} />
      ))}
    </Stack>
  )
}
