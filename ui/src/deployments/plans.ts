import type { PipelineChange, Plan } from '~/api/schema'
import { counted } from '~/kit/units'

/** A plan for people: the files in a sentence, and the pipelines that do not stay as they are. */
export function planInWords({ files, pipelines }: Plan): { files: string; pipelines: PipelineChange[] } {
  const parts = [
    [files.changed.length, 'changed'],
    [files.added.length, 'added'],
    [files.removed.length, 'removed'],
  ] as const
  const said = parts.filter(([count]) => count > 0).map(([count, deed]) => `${counted(count, 'file')} ${deed}`)
  const sentence = said.length > 0 ? `${said.join(', ')}.` : 'no file is different.'
  return { files: sentence, pipelines: pipelines.filter(({ change }) => change !== 'unchanged') }
}
