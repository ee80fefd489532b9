import { Modal } from '@mantine/core'
import type { PipelineView } from '~/api/schema'
import { useUrl } from '~/kit/useUrl'
import { RunForm } from './RunForm'

/** Starts a run. It is open while the address says `run=1`, so that it can be linked to. */
export function RunDialog({ pipeline }: { pipeline: PipelineView }) {
  const [open, setOpen] = useUrl('run')
  const close = () => setOpen('')
  return (
    <Modal opened={open === '1'} onClose={close} title={`Run ${pipeline.team}/${pipeline.name}`} size="lg">
      <RunForm pipeline={pipeline} onClose={close} />
    </Modal>
  )
}
