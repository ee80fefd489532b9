/** States of runs and steps: one word, one colour, one shape each, so that nobody needs to tell red from green. */
import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClockExclamation,
  IconClockPause,
  IconClockX,
  IconHourglass,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconRotateClockwise,
} from '@tabler/icons-react'
import type { CheckStatus, RunStatus, StepStatus } from '~/api/schema'

export type Status = RunStatus | StepStatus | CheckStatus | 'HELD_BACK' | 'LATE'

type Look = { word: string; color: string; icon: typeof IconBan }

const LOOKS: Record<Status, Look> = {
  QUEUED: { word: 'queued', color: 'yellow', icon: IconClockPause },
  RUNNING: { word: 'running', color: 'blue', icon: IconPlayerPlay },
  SUCCEEDED: { word: 'succeeded', color: 'teal', icon: IconCircleCheck },
  FAILED: { word: 'failed', color: 'red', icon: IconCircleX },
  TIMED_OUT: { word: 'timed out', color: 'orange', icon: IconClockX },
  ABORTED: { word: 'aborted', color: 'grape', icon: IconBan },
  WAITING: { word: 'waiting', color: 'gray', icon: IconCircleDashed },
  READY: { word: 'ready', color: 'yellow', icon: IconClockPause },
  RETRYING: { word: 'trying again', color: 'orange', icon: IconRotateClockwise },
  SKIPPED: { word: 'skipped', color: 'gray', icon: IconPlayerSkipForward },
  // Of pipelines, beside how their last run has ended.
  HELD_BACK: { word: 'held back', color: 'orange', icon: IconHourglass },
  LATE: { word: 'late', color: 'orange', icon: IconClockExclamation },
  passed: { word: 'passed', color: 'teal', icon: IconCircleCheck },
  warned: { word: 'warned', color: 'orange', icon: IconAlertTriangle },
  failed: { word: 'failed', color: 'red', icon: IconCircleX },
  broken: { word: 'could not be run', color: 'red', icon: IconBan },
  skipped: { word: 'left out', color: 'gray', icon: IconPlayerSkipForward },
}

const UNKNOWN: Look = { word: 'unknown', color: 'gray', icon: IconAlertTriangle }

/** A status of a newer server than this page is still shown. */
export function lookOf(status: string): Look {
  return LOOKS[status as Status] ?? { ...UNKNOWN, word: status.toLowerCase().replaceAll('_', ' ') }
}

/** The colour of a status as a fill with enough contrast to its surroundings in both themes. */
export function fillOf(status: string): string {
  return `var(--polder-${lookOf(status).color})`
}

const ENDED = new Set<string>(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'SKIPPED'])

export const hasEnded = (status: string) => ENDED.has(status)
export const hasFailed = (status: string) => status === 'FAILED' || status === 'TIMED_OUT'
