import { Button, Group, Kbd, NativeSelect, Text } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconLink, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useNow } from '~/kit/now'
import { duration, elapsed } from '~/kit/units'
import { useUrl } from '~/kit/useUrl'
import classes from './sql.module.css'
import type { Asking } from './useAsking'

const ROWS = [
  { value: '1000', label: 'at most 1,000 rows' },
  { value: '10000', label: 'at most 10,000 rows' },
  { value: '100000', label: 'at most 100,000 rows' },
]

type Props = { asking: Asking; onRun: () => void; onCallOff: () => void }

/** What can be done with the statement above, and how long it takes. */
export function Bar({ asking, onRun, onCallOff }: Props) {
  const [rows, setRows] = useUrl('rows', '10000')
  return (
    <Group className={classes.bar} justify="space-between" gap="xs">
      <Group gap="xs">
        {asking.state === 'asking' ? (
          <Button size="xs" color="red" onClick={onCallOff} leftSection={<IconPlayerStop size={14} aria-hidden />}>
            Cancel
          </Button>
        ) : (
          <Button
            size="xs"
            onClick={onRun}
            leftSection={<IconPlayerPlay size={14} aria-hidden />}
            rightSection={<Keys />}
          >
            Run
          </Button>
        )}
        <Text size="sm" c="var(--polder-muted)" role="status">
          {asking.state === 'asking' ? <Since at={asking.since} /> : wordsOf(asking)}
        </Text>
      </Group>
      <Group gap="xs">
        <NativeSelect
          size="xs"
          aria-label="Rows to show"
          data={ROWS}
          value={rows}
          onChange={(event) => setRows(event.currentTarget.value)}
        />
        <CopyLink />
      </Group>
    </Group>
  )
}

const Keys = () => (
  <Kbd size="xs" visibleFrom="sm" aria-hidden>
    Ctrl Enter
  </Kbd>
)

function wordsOf(asking: Exclude<Asking, { state: 'asking' }>): string {
  if (asking.state === 'idle') return ''
  if (asking.state === 'nothing') return 'There is nothing to run: write a query first.'
  const word = { answered: 'Took', failed: 'Failed after', 'called off': 'Cancelled after' }[asking.state]
  return `${word} ${duration(asking.took)}`
}

function Since({ at }: { at: number }) {
  const now = useNow('often')
  return <>Running for {elapsed((now - at) / 1000)}</>
}

/** The address holds the statement and where it is asked. */
function CopyLink() {
  const { copied, copy } = useClipboard()
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconLink size={14} aria-hidden />}
      onClick={() => copy(window.location.href)}
    >
      {copied ? 'Copied' : 'Copy the link'}
    </Button>
  )
}
