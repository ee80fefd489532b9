import { useNavigate } from 'react-router'
import { answer, api } from '~/api/client'
import type { Rerun } from '~/api/schema'
import { runPath } from '~/kit/Links'
import { useAction } from '~/kit/useAction'

export type Choice = { run: string } & Required<Rerun>

/** Repeats a run, and goes to the new one. */
export function useRerun() {
  const navigate = useNavigate()
  const again = useAction({
    run: ({ run, ...body }: Choice) =>
      answer(api.POST('/api/v1/runs/{id}/rerun', { params: { path: { id: run } }, body })),
    done: () => 'Running again',
    stale: ['/api/v1/runs'],
  })
  const start = (choice: Choice) => again.mutate(choice, { onSuccess: ({ id }) => navigate(runPath(id)) })
  return { start, busy: again.isPending }
}
