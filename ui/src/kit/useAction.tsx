/** Something that changes the server: says that it worked, or what went wrong and what to do. */
import { notifications } from '@mantine/notifications'
import { type QueryKey, useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { explain, isSignedOut } from '~/api/problem'
import { queryClient } from '~/queryClient'

type Action<In, Out> = {
  run: (given: In) => Promise<Out>
  /** What to say when it worked; nothing is said without it. */
  done?: (out: Out, given: In) => ReactNode
  /** Paths whose answers are old afterwards; live changes tell of runs, pipelines and deployments by themselves. */
  stale?: string[]
  /** Who shows the error beside a field says nothing here. */
  quiet?: boolean
}

export function useAction<In = void, Out = unknown>({ run, done, stale = [], quiet }: Action<In, Out>) {
  return useMutation<Out, Error, In>({
    mutationFn: run,
    onSuccess: (out, given) => {
      if (done) notifications.show({ message: done(out, given), color: 'teal' })
      void queryClient.invalidateQueries({ predicate: ({ queryKey }) => isAmong(queryKey, stale) })
    },
    onError: (error) => {
      if (!quiet) complain(error)
    },
  })
}

const isAmong = (key: QueryKey, paths: string[]) => paths.some((path) => String(key[0]).startsWith(path))

function complain(error: unknown) {
  if (isSignedOut(error)) return
  const { title, hint } = explain(error)
  notifications.show({ title, message: hint ?? '', color: 'red', autoClose: 10_000, role: 'alert' })
}
