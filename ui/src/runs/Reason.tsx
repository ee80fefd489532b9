import type { Reason as Started } from '~/api/schema'
import { Sentence } from './Sentence'
import { sayReason } from './startedBy'

/** What started a run, in words, with links to what it was. */
export function Reason({ reason }: { reason: Started }) {
  return <Sentence parts={sayReason(reason)} />
}
