import { queryOptions, useQuery } from '@tanstack/react-query'
import { answer, api } from '~/api/client'
import type { ProjectFile } from '~/api/schema'
import { decode, LARGEST_SHOWN } from './files'

const PATH = '/api/v1/blobs/{sha256}'

/** Where the content of a file is, for a download. */
export const blobPath = (sha256: string) => `/api/v1/blobs/${sha256}`

async function read(sha256: string, signal: AbortSignal) {
  const content = await answer(api.GET(PATH, { params: { path: { sha256 } }, parseAs: 'arrayBuffer', signal }))
  return { text: decode(content as ArrayBuffer) }
}

/** The content of a file: known by its hash, it never changes. Without a file there is nothing to read. */
const blob = (file: ProjectFile | undefined) =>
  queryOptions({
    queryKey: [PATH, { path: { sha256: file?.sha256 } }],
    queryFn: ({ signal }) => (file ? read(file.sha256, signal) : { text: '' }),
    enabled: isShown(file),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const isShown = (file: ProjectFile | undefined) => !file || file.size <= LARGEST_SHOWN

export const useBlob = (file: ProjectFile | undefined) => useQuery(blob(file))
