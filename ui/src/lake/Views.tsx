import { SegmentedControl } from '@mantine/core'
import { useNavigate } from 'react-router'
import { useEnvironment, within } from '~/kit/Links'

const VIEWS = [
  { value: 'tables', label: 'Tables' },
  { value: 'publishes', label: 'Publishes' },
]
const PATHS: Record<string, string> = { tables: '/lake', publishes: '/lake/publishes' }

/** The lake as what there is, or as what happened to it. */
export function Views({ view }: { view: 'tables' | 'publishes' }) {
  const navigate = useNavigate()
  const environment = useEnvironment()
  return (
    <SegmentedControl
      aria-label="What to see of the lake"
      data={VIEWS}
      value={view}
      onChange={(chosen) => navigate(within(environment, PATHS[chosen] ?? '/lake'))}
    />
  )
}
