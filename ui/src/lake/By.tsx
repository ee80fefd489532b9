import type { RunOfPublish } from '~/api/schema'
import { PipelineLink, RunLink } from '~/kit/Links'

type Props = { run: RunOfPublish | null | undefined; who: string; environment?: string | undefined }

/** What published something: a step of a run, or a person. */
export function By({ run, who, environment }: Props) {
  if (!run) return <>{who}</>
  return (
    <>
      <PipelineLink
        team={run.team}
        name={run.pipeline}
        {...(environment ? { environment } : {})}
        inherit
        underline="always"
      />{' '}
      <RunLink id={run.id} inherit underline="always">
        {run.step}
      </RunLink>
    </>
  )
}
