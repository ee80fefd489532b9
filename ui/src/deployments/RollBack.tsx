import type { MantineSize } from '@mantine/core'
import { useState } from 'react'
import { answer, api } from '~/api/client'
import type { Revision } from '~/api/schema'
import { Confirm } from '~/kit/Confirm'
import { MayButton } from '~/kit/MayButton'
import { useAction } from '~/kit/useAction'
import { useMay } from '~/session/session'
import { WhatChanges } from './WhatChanges'

type Props = { revision: Revision; size?: MantineSize }

/** Brings back what a revision had, after saying what that would change. The current one needs no bringing back. */
export function RollBack({ revision, size = 'sm' }: Props) {
  const [asked, setAsked] = useState(false)
  const may = useMay('operator', revision.team)
  if (revision.current) return null
  return (
    <>
      <MayButton
        may={may}
        who={`an operator of ${revision.team}`}
        size={size}
        variant="default"
        onClick={() => setAsked(true)}
        aria-label={`Roll back to revision ${revision.number} of ${revision.project}`}
      >
        Roll back…
      </MayButton>
      <Ask revision={revision} opened={asked} onClose={() => setAsked(false)} />
    </>
  )
}

function Ask({ revision, opened, onClose }: { revision: Revision; opened: boolean; onClose: () => void }) {
  const { id, number, team, project, environment } = revision
  const action = useAction({
    run: () => answer(api.POST('/api/v1/revisions/{id}/rollback', { params: { path: { id } } })),
    done: (deployed) =>
      `Revision ${deployed.revision.number} of ${project} is deployed, with the files of revision ${number}.`,
    stale: ['/api/v1/revisions', '/api/v1/projects', '/api/v1/pipelines', '/api/v1/graph', '/api/v1/overview'],
    quiet: true,
  })
  return (
    <Confirm
      opened={opened}
      title={`Roll ${team}/${project} in ${environment} back to revision ${number}?`}
      deed="Roll back"
      color="water"
      busy={action.isPending}
      error={action.error}
      onConfirm={() => action.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      <WhatChanges revision={revision} />
    </Confirm>
  )
}
