import type { RunOfPublish } from '~/api/schema'
import { PipelineLink, RunLink } from '~/kit/Links'
import { logicalDate } from '~/kit/time'
import { Unbroken } from '~/kit/Unbroken'

type Props = { run: RunOfPublish | null | undefined; who: string; environment?: string | undefined }

/** What published something: a step of a run, with the day of that run and who started it; or a person. */
export function By({ run, who, environment }: Props) {
  if (!run) return <>{who}</>
  return (
    <>
      <ByStep run={run} who={who} environment={environment} />,{' '}
      <RunLink id={run.id} inherit underline="always">
        <Unbroken text={`run of ${logicalDate(run)}`} />
      </RunLink>
      {run.started_by && ` by ${run.started_by}`}
    </>
  )
}

/** The step alone, whichever run it was of. */
export function ByStep({ run, who, environment }: Props) {
  if (!run) return <>{who}</>
  const within = environment ? { environment } : {}
  return (
    <>
      <PipelineLink team={run.team} name={run.pipeline} {...within} inherit underline="always" /> {run.step}
    </>
  )
}
