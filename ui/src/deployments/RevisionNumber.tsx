import { useGet } from '~/api/queries'
import { shortId } from '~/kit/Links'

/** A revision as pages call it: by its number, which counts up in its project. */
export function RevisionNumber({ id }: { id: string }) {
  const { data } = useGet('/api/v1/revisions/{id}', { params: { path: { id } } })
  return data?.id === id ? data.number : shortId(id)
}
