import { QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './api/problem'

/** Nothing is asked twice while it is known; live changes say what is old. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      // What the server refuses it refuses again; a server that is away may come back.
      retry: (count, error) => !(error instanceof ApiProblem && error.status < 500) && count < 2,
    },
  },
})
