/** What one may do, for the palette: with what this page is about, and anywhere. What one may not do is not offered. */
import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core'
import type { SpotlightActionData } from '@mantine/spotlight'
import {
  IconDeviceDesktop,
  IconKey,
  IconKeyboard,
  IconLock,
  IconLogout,
  IconMoon,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconPlayerTrackNext,
  IconReload,
  IconSun,
} from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useMatch } from 'react-router'
import { useGet } from '~/api/queries'
import type { PipelineView, Run } from '~/api/schema'
import { pipelinePath, runPath, useEnvironment } from '~/kit/Links'
import { logicalDate } from '~/kit/time'
import { usePause } from '~/pipeline/usePause'
import { useRerun } from '~/run/useRerun'
import { maySomewhere, useGrants } from '~/session/rights'
import { may, signOut } from '~/session/session'
import { openShortcuts } from './keys'

type Go = (path: string) => () => void
type Icon = typeof IconKey

export function useDeeds(go: Go): { here: SpotlightActionData[]; anywhere: SpotlightActionData[] } {
  const ofPipeline = useOfPipeline(go)
  const ofRun = useOfRun(go)
  return { here: [...ofPipeline, ...ofRun], anywhere: useAnywhere(go) }
}

const deed = (label: string, Icon: Icon, onClick: () => void): SpotlightActionData => ({
  id: `do ${label}`,
  label,
  onClick,
  leftSection: <Icon size={18} aria-hidden />,
})

function useOfPipeline(go: Go): SpotlightActionData[] {
  const { team = '', name = '' } = useMatch('/pipelines/:team/:name/*')?.params ?? {}
  const environment = useEnvironment()
  const { data } = useGet('/api/v1/pipelines/{team}/{name}', {
    params: { path: { team, name }, query: { environment } },
    placeholderData: undefined,
    enabled: name !== '',
  })
  const grants = useGrants()
  const pause = usePause()
  if (name === '' || !data || !may(grants, 'operator', team)) return []
  return pipelineDeeds(data, go, () => pause.mutate(data))
}

function pipelineDeeds({ team, name, paused }: PipelineView, go: Go, pause: () => void): SpotlightActionData[] {
  if (paused) return [deed(`Resume ${name}`, IconPlayerTrackNext, pause)]
  return [
    deed(`Run ${name}…`, IconPlayerPlay, go(`${pipelinePath(team, name)}?run=1`)),
    deed(`Pause ${name}`, IconPlayerPause, pause),
  ]
}

function useOfRun(go: Go): SpotlightActionData[] {
  const { id = '' } = useMatch('/runs/:id')?.params ?? {}
  const { data } = useGet('/api/v1/runs/{id}', {
    params: { path: { id } },
    placeholderData: undefined,
    enabled: id !== '',
  })
  const grants = useGrants()
  const { start } = useRerun()
  if (id === '' || !data || !may(grants, 'operator', data.team)) return []
  return runDeeds(data, go, (from) => start({ run: id, from, revision: 'latest' }))
}

function runDeeds(run: Run, go: Go, again: (from: 'failed' | 'start') => void): SpotlightActionData[] {
  const name = `${run.pipeline} of ${logicalDate(run)}`
  const toPipeline = deed(`Run ${run.pipeline}…`, IconPlayerPlay, go(`${pipelinePath(run.team, run.pipeline)}?run=1`))
  if (!run.terminal) return [deed(`Abort ${name}…`, IconPlayerStop, go(`${runPath(run.id)}?abort=1`)), toPipeline]
  return [
    ...(run.succeeded ? [] : [deed(`Run ${name} again from what failed`, IconReload, () => again('failed'))]),
    deed(`Run ${name} again from the start`, IconReload, () => again('start')),
    toPipeline,
  ]
}

const SCHEMES: [MantineColorScheme, string, Icon][] = [
  ['light', 'Light colours', IconSun],
  ['dark', 'Dark colours', IconMoon],
  ['auto', 'Colours like the system', IconDeviceDesktop],
]

function useAnywhere(go: Go): SpotlightActionData[] {
  const grants = useGrants()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const leaving = useMutation({ mutationFn: signOut })
  return [
    ...(maySomewhere(grants, 'operator') ? [deed('Set a secret', IconLock, go('/secrets?set=new'))] : []),
    ...(maySomewhere(grants, 'admin') ? [deed('Create a token', IconKey, go('/tokens?create=1'))] : []),
    ...SCHEMES.filter(([scheme]) => scheme !== colorScheme).map(([scheme, label, Icon]) =>
      deed(label, Icon, () => setColorScheme(scheme)),
    ),
    deed('Keyboard shortcuts', IconKeyboard, openShortcuts),
    deed('Sign out', IconLogout, () => leaving.mutate()),
  ]
}
