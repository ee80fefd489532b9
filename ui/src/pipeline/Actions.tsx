import { Tooltip } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext } from '@tabler/icons-react'
import type { PipelineView } from '~/api/schema'
import { MayButton } from '~/kit/MayButton'
import { useUrl } from '~/kit/useUrl'
import { useMay } from '~/session/session'
import { usePause } from './usePause'

type Props = { pipeline: PipelineView }

/** What can be done with a pipeline. */
export function Actions({ pipeline }: Props) {
  const may = useMay('operator', pipeline.team)
  const who = `an operator of ${pipeline.team}`
  return (
    <>
      <PauseButton pipeline={pipeline} may={may} who={who} />
      <RunButton pipeline={pipeline} may={may} who={who} />
    </>
  )
}

function RunButton({ pipeline, may, who }: Props & { may: boolean; who: string }) {
  const [, setRun] = useUrl('run')
  const paused = may && pipeline.paused
  return (
    <Tooltip
      label="It is paused: nothing starts it. Resume it first."
      disabled={!paused}
      events={{ hover: true, focus: true, touch: true }}
    >
      <MayButton
        may={may}
        who={who}
        onClick={() => !paused && setRun('1')}
        leftSection={<IconPlayerPlay size={16} aria-hidden />}
        {...(paused ? { 'data-disabled': true, 'aria-disabled': true } : {})}
      >
        Run…
      </MayButton>
    </Tooltip>
  )
}

function PauseButton({ pipeline, may, who }: Props & { may: boolean; who: string }) {
  const { paused } = pipeline
  const action = usePause()
  const Icon = paused ? IconPlayerTrackNext : IconPlayerPause
  return (
    <MayButton
      may={may}
      who={who}
      variant="default"
      loading={action.isPending}
      onClick={() => action.mutate(pipeline)}
      leftSection={<Icon size={16} aria-hidden />}
    >
      {paused ? 'Resume' : 'Pause'}
    </MayButton>
  )
}
