import { useGet, usePages } from '~/api/queries'
import type { Revision } from '~/api/schema'

type Project = { team: string; project: string; environment: string }

/** The revisions of a project, newest first; all of them, or those that a search finds. */
export const useRevisions = (of: Project, search = '') =>
  usePages('/api/v1/revisions', { params: { query: { ...of, ...(search && { search }) } } })

export const useRevision = (id: string) =>
  useGet('/api/v1/revisions/{id}', { params: { path: { id } }, enabled: id !== '' })

export const useRevisionFiles = (id: string) =>
  useGet('/api/v1/revisions/{id}/files', { params: { path: { id } }, enabled: id !== '' })

/** So many of a project's newest revisions are looked through. */
const LOOK_BACK = 500

/** The revision before this one; `known` says whether it has been looked for. */
export function useRevisionBefore({ team, project, environment, number }: Revision) {
  const { data, error, refetch } = useGet('/api/v1/revisions', {
    params: { query: { team, project, environment, limit: LOOK_BACK } },
  })
  const before = data?.items.find((revision) => revision.number === number - 1)
  return { before, known: data !== undefined, error, refetch }
}
