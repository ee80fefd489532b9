import { SegmentedControl } from '@mantine/core'
import { useNavigate } from 'react-router'
import { useEnvironment, within } from '~/kit/Links'

const VIEWS = [
  { value: 'tables', label: 'Tables' },
  { value: 'publishes', label: 'Publishes' },
  { value: 'branches', label: 'Branches' },
]
const PATHS: Record<string, string> = { tables: '/lake', publishes: '/lake/publishes', branches: '/lake/branches' }

/** The lake as what there is, as what happened to it, or as what was written apart from it. */
export function Views({ view }: { view: 'tables' | 'publishes' | 'branches' }) {
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
