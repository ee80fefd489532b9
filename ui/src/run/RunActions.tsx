import { Button, Group, Menu, Modal, Text, Tooltip } from '@mantine/core'
import { IconChevronDown, IconPlayerStop, IconReload } from '@tabler/icons-react'
import { answer, api } from '~/api/client'
import type { Run } from '~/api/schema'
import { RevisionNumber } from '~/deployments/RevisionNumber'
import { useAction } from '~/kit/useAction'
import { useUrl } from '~/kit/useUrl'
import { useMay } from '~/session/session'
import { fromWhere } from './hints'
import { type Choice, useRerun } from './useRerun'

/** End it while it runs, repeat it once it has ended. */
export function RunActions({ run }: { run: Run }) {
  return run.terminal ? <Again run={run} /> : <Abort run={run} />
}

/** That it is asked stands in the address: the palette leads here, too. */
function Abort({ run }: { run: Run }) {
  const may = useMay('operator', run.team)
  const [asking, ask] = useUrl('abort')
  const close = () => ask('')
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
          onClick={() => ask('1')}
          leftSection={<IconPlayerStop size={16} aria-hidden />}
        >
          Abort
        </Button>
      </Allowed>
      <Modal opened={may && asking === '1'} onClose={close} title="Abort this run?" centered>
        <Text size="sm">
          {run.started_at
            ? 'Steps that run are told to stop, those that wait are not started. What they have done so far stays done. The run can be run again from there.'
            : 'It has not begun: nothing of it was done, and nothing will be. It can be run again later.'}
        </Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={close}>
            {run.started_at ? 'Let it run' : 'Let it wait'}
          </Button>
          <Button color="red.9" loading={abort.isPending} onClick={() => abort.mutate(undefined, { onSuccess: close })}>
            Abort
          </Button>
        </Group>
      </Modal>
    </>
  )
}

function Again({ run }: { run: Run }) {
  const may = useMay('operator', run.team)
  const { start, busy } = useRerun()
  const choose = (from: Choice['from'], revision: Choice['revision']) => () => start({ run: run.id, from, revision })
  return (
    <Menu position="bottom-end" width={300}>
      <Allowed may={may} team={run.team}>
        <Menu.Target>
          <Button
            disabled={!may}
            loading={busy}
            leftSection={<IconReload size={16} aria-hidden />}
            rightSection={<IconChevronDown size={16} aria-hidden />}
          >
            Run again
          </Button>
        </Menu.Target>
      </Allowed>
      <Menu.Dropdown>
        {wheres(run).map((from) => (
          <Choices key={from} from={from} title={TITLES[from]} {...{ run, choose }} />
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

const TITLES = { failed: 'From what failed; the rest keeps its results', start: 'From the start' }

/** What is likely to help comes first. */
function wheres({ succeeded, error }: Run): Choice['from'][] {
  if (succeeded) return ['start']
  return fromWhere(error?.code) === 'failed' ? ['failed', 'start'] : ['start', 'failed']
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
        <Menu.Item onClick={choose(from, 'same')}>
          With the same revision (<RevisionNumber id={run.revision} />)
        </Menu.Item>
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
