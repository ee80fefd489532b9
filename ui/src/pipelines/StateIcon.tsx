import { IconCircleCheck, IconCircleDashed, IconCircleX, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import type { PipelineState, PipelineSummary } from '~/api/schema'
import { lookOf } from '~/kit/status'
import type { BehindState } from '~/runs/held'
import classes from './pipelines.module.css'

type Look = { word: string; icon: typeof IconCircleX }

/** How pipelines stand, with the words that filters have for it. */
export const STATES: Record<PipelineState, Look> = {
  broken: { word: 'broken', icon: IconCircleX },
  running: { word: 'running', icon: IconPlayerPlay },
  paused: { word: 'paused', icon: IconPlayerPause },
  ok: { word: 'ok', icon: IconCircleCheck },
}
const LOOKS = {
  ...STATES,
  HELD_BACK: lookOf('HELD_BACK'),
  LATE: lookOf('LATE'),
  new: { word: 'has not run yet', icon: IconCircleDashed },
}

type Props = {
  pipeline: Pick<PipelineSummary, 'state' | 'last_runs'>
  behind: BehindState | undefined
}

/** How a pipeline stands: by shape and colour; the word is read out and shown on hover. */
export function StateIcon({ pipeline, behind }: Props) {
  const state = stateIn(pipeline, behind)
  const { word, icon: Icon } = LOOKS[state]
  return (
    <span role="img" aria-label={word} title={word} className={classes.state} data-state={state}>
      <Icon size={18} stroke={2.2} aria-hidden />
    </span>
  )
}

/** What waits for others, or has not happened in time, is not well, however its last run has ended. */
function stateIn({ state = 'ok', last_runs }: Props['pipeline'], behind: Props['behind']): keyof typeof LOOKS {
  if (state !== 'ok') return state
  return behind ?? (last_runs.length === 0 ? 'new' : state)
}
