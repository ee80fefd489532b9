/** Which step and attempt are looked at: those in the address, else the ones that one most likely came for. */
import { useCallback, useRef } from 'react'
import { useSearchParams } from 'react-router'
import type { Attempt, Run, StepRun } from '~/api/schema'
import { hasEnded, hasFailed } from '~/kit/status'

export type Selection = { step: StepRun | undefined; attempt: Attempt | undefined }

/** `before`: the step that was chosen for somebody who chose none; it stays until it has ended. */
export function selectionOf(run: Run, step: string | null, epoch: string | null, before?: string): Selection {
  const stays = run.steps.find(({ name, status }) => name === before && !hasEnded(status))
  const found = run.steps.find(({ name }) => name === step) ?? stays ?? likeliest(run)
  const attempts = found?.attempts ?? []
  const chosen = step === found?.name ? attempts.find((attempt) => String(attempt.epoch) === epoch) : undefined
  return { step: found, attempt: chosen ?? attempts.at(-1) }
}

/** What failed, else what runs, else what ran last. */
function likeliest({ steps }: Run): StepRun | undefined {
  const running = steps.find(({ status }) => status === 'RUNNING' || status === 'RETRYING')
  return (
    steps.find(({ status }) => hasFailed(status)) ??
    running ??
    steps.findLast(({ attempts }) => attempts.length > 0) ??
    steps[0]
  )
}

export function useSelection(run: Run) {
  const [params, setParams] = useSearchParams()
  const select = useCallback(
    (step: string, epoch?: number) =>
      setParams(
        (now) => {
          const next = new URLSearchParams(now)
          next.set('step', step)
          next.delete('line')
          if (epoch === undefined) next.delete('epoch')
          else next.set('epoch', String(epoch))
          return next
        },
        { replace: true, preventScrollReset: true },
      ),
    [setParams],
  )
  const before = useRef<string>(undefined)
  const selection = selectionOf(run, params.get('step'), params.get('epoch'), before.current)
  before.current = selection.step?.name
  return { ...selection, select }
}

/** How an attempt stands, in the words of steps. */
export function statusOf(step: StepRun, attempt: Attempt): string {
  if (attempt.epoch === step.epoch && step.status !== 'RETRYING') return step.status
  if (!attempt.ended_at) return attempt.started_at ? 'RUNNING' : 'READY'
  if (!attempt.error) return 'SUCCEEDED'
  return attempt.error.code === 'TIMED_OUT' || attempt.error.code === 'ABORTED' ? attempt.error.code : 'FAILED'
}
