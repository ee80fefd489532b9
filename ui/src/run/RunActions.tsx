import { Button, Group, Menu, Modal, Text, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconPlayerStop, IconReload } from '@tabler/icons-react'
import { useNavigate } from 'react-router'
import { answer, api } from '~/api/client'
import type { Rerun, Run } from '~/api/schema'
import { runPath } from '~/kit/Links'
import { useAction } from '~/kit/useAction'
import { useMay } from '~/session/session'

/** End it while it runs, repeat it once it has ended. */
export function RunActions({ run }: { run: Run }) {
  return run.terminal ? <Again run={run} /> : <Abort run={run} />
}

function Abort({ run }: { run: Run }) {
  const may = useMay('operator', run.team)
  const [asking, { open, close }] = useDisclosure()
  const abort = useAction({
    run: () => answer(api.POST('/api/v1/runs/{id}/abort', { params: { path: { id: run.id } } })),
    done: () => 'The run is being ended',
    stale: ['/api/v1/runs/{id}'],
  })
  return (
    <>
      <Allowed may={may} team={run.team}>
        <Button
          color="red"
          variant="light"
          disabled={!may}
          onClick={open}
          leftSection={<IconPlayerStop size={16} aria-hidden />}
        >
          Abort
        </Button>
      </Allowed>
      <Modal opened={asking} onClose={close} title="Abort this run?" centered>
        <Text size="sm">
          Steps that run are told to stop, those that wait are not started. What they have done so far stays done. The
          run can be run again from there.
        </Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={close}>
            Let it run
          </Button>
          <Button color="red.9" loading={abort.isPending} onClick={() => abort.mutate(undefined, { onSuccess: close })}>
            Abort
          </Button>
        </Group>
      </Modal>
    </>
  )
}

type Choice = Required<Rerun>

function Again({ run }: { run: Run }) {
  const may = useMay('operator', run.team)
  const navigate = useNavigate()
  const again = useAction({
    run: (body: Choice) => answer(api.POST('/api/v1/runs/{id}/rerun', { params: { path: { id: run.id } }, body })),
    done: () => 'Running again',
    stale: ['/api/v1/runs'],
  })
  const choose = (from: Choice['from'], revision: Choice['revision']) => () =>
    again.mutate({ from, revision }, { onSuccess: ({ id }) => navigate(runPath(id)) })
  return (
    <Menu position="bottom-end" width={300}>
      <Allowed may={may} team={run.team}>
        <Menu.Target>
          <Button
            disabled={!may}
            loading={again.isPending}
            leftSection={<IconReload size={16} aria-hidden />}
            rightSection={<IconChevronDown size={16} aria-hidden />}
          >
            Run again
          </Button>
        </Menu.Target>
      </Allowed>
      <Menu.Dropdown>
        {!run.succeeded && (
          <Choices from="failed" title="From what failed; the rest keeps its results" {...{ run, choose }} />
        )}
        <Choices from="start" title="From the start" {...{ run, choose }} />
      </Menu.Dropdown>
    </Menu>
  )
}

type ChoicesProps = {
  run: Run
  from: Choice['from']
  title: string
  choose: (from: Choice['from'], revision: Choice['revision']) => () => void
}

function Choices({ run, from, title, choose }: ChoicesProps) {
  return (
    <>
      <Menu.Label c="var(--polder-muted)">{title}</Menu.Label>
      <Menu.Item onClick={choose(from, 'latest')}>With the newest revision</Menu.Item>
      {run.revision && (
        <Menu.Item onClick={choose(from, 'same')}>With the same revision ({run.revision.slice(-8)})</Menu.Item>
      )}
    </>
  )
}

/** A button that may not be pressed says what is missing. */
function Allowed({ may, team, children }: { may: boolean; team: string; children: React.ReactElement }) {
  if (may) return children
  return (
    <Tooltip label={`This needs the role operator of ${team}`}>
      <span>{children}</span>
    </Tooltip>
  )
}
