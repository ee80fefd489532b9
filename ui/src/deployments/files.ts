/** What changed between the files of two revisions: by their hashes, without reading one. */
import type { ProjectFile } from '~/api/schema'

export type FileChange = {
  path: string
  kind: 'added' | 'changed' | 'removed' | 'moved'
  before?: ProjectFile
  after?: ProjectFile
}

/** In the order of paths. A file whose content left one path and came to another has moved. */
export function compareFiles(before: ProjectFile[], after: ProjectFile[]): FileChange[] {
  const [old, now] = [byPath(before), byPath(after)]
  const gone = before.filter(({ path }) => !now.has(path))
  const changes: FileChange[] = []
  for (const file of after) {
    const was = old.get(file.path)
    if (!was) changes.push(arrived(file, gone))
    else if (differ(was, file)) changes.push({ path: file.path, kind: 'changed', before: was, after: file })
  }
  for (const file of gone) changes.push({ path: file.path, kind: 'removed', before: file })
  return changes.sort((one, other) => (one.path < other.path ? -1 : 1))
}

const byPath = (files: ProjectFile[]) => new Map(files.map((file) => [file.path, file]))

const differ = (one: ProjectFile, other: ProjectFile) =>
  one.sha256 !== other.sha256 || Boolean(one.executable) !== Boolean(other.executable)

/** Takes the file that it was out of those that are gone. */
function arrived(file: ProjectFile, gone: ProjectFile[]): FileChange {
  const place = gone.findIndex(({ sha256, size }) => size > 0 && sha256 === file.sha256)
  const [was] = place < 0 ? [] : gone.splice(place, 1)
  return was
    ? { path: file.path, kind: 'moved', before: was, after: file }
    : { path: file.path, kind: 'added', after: file }
}

/** Past this, a file is downloaded rather than shown. */
export const LARGEST_SHOWN = 512 * 1024

/** The text of a file; nothing of one that is no text. */
export function decode(content: ArrayBuffer): string | undefined {
  const bytes = new Uint8Array(content)
  if (bytes.subarray(0, 8192).includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
