import { IconCircleCheck, IconCircleDashed, IconCircleX, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import type { PipelineState, PipelineSummary } from '~/api/schema'
import classes from './pipelines.module.css'

type Look = { word: string; icon: typeof IconCircleX }

/** How pipelines stand, with the words that filters have for it. */
export const STATES: Record<PipelineState, Look> = {
  broken: { word: 'broken', icon: IconCircleX },
  running: { word: 'running', icon: IconPlayerPlay },
  paused: { word: 'paused', icon: IconPlayerPause },
  ok: { word: 'ok', icon: IconCircleCheck },
}
const NEW: Look = { word: 'has not run yet', icon: IconCircleDashed }

/** How a pipeline stands: by shape and colour; the word is read out and shown on hover. */
export function StateIcon({ pipeline }: { pipeline: Pick<PipelineSummary, 'state' | 'last_runs'> }) {
  const state = pipeline.state ?? 'ok'
  const fresh = state === 'ok' && pipeline.last_runs.length === 0
  const { word, icon: Icon } = fresh ? NEW : STATES[state]
  return (
    <span role="img" aria-label={word} title={word} className={classes.state} data-state={fresh ? 'new' : state}>
      <Icon size={18} stroke={2.2} aria-hidden />
    </span>
  )
}
