import type { ProjectFile } from '~/api/schema'
import { groupBy } from '~/kit/groupBy'

/** Files by their folder, those of the project itself first. */
export function byFolder(files: ProjectFile[]): [string, ProjectFile[]][] {
  const folders = groupBy(files, ({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('/'))))
  return [...folders].sort(([one], [other]) => (one < other ? -1 : 1))
}

/** What somebody most likely wants to see: what the project is, else the first file. */
export function firstShown(files: ProjectFile[]): ProjectFile | undefined {
  return files.find(({ path }) => path === 'polder.yaml') ?? files[0]
}
