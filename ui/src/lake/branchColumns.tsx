/** What a list of branches tells of each. On a narrow page, what has no column stands below the name. */
import { Anchor, Box, Text } from '@mantine/core'
import { Link } from 'react-router'
import type { BranchView } from '~/api/schema'
import { RunLink, shortId, To } from '~/kit/Links'
import { TimeAgo } from '~/kit/Times'
import type { Columns } from '~/kit/table/DataTable'
import { served } from '~/pipelines/served'
import { sqlPath } from '~/sql/link'
import { BranchState } from './BranchState'
import { stepPath } from './branches'
import { isGone, isUnpublished, makerOf } from './branchWords'

export const COLUMNS: Columns<BranchView> = [
  served('state', 'State', (branch) => <BranchState branch={branch} />, { width: 1, hideBelow: 'lg' }),
  served('name', 'Branch', (branch) => <Name branch={branch} />, {}),
  served('by', 'Written by', (branch) => <Small of={<Writer branch={branch} />} />, { hideBelow: 'lg', width: '26%' }),
  served('began', 'Began', (branch) => <When branch={branch} />, { width: 1, hideBelow: 'lg' }),
  served('look', 'Rows', (branch) => <Look branch={branch} />, { width: 1 }),
]

const ANYWHERE = { overflowWrap: 'anywhere' } as const

const Small = ({ of }: { of: React.ReactNode }) => (
  <Text size="sm" component="span" style={ANYWHERE}>
    {of}
  </Text>
)

function Name({ branch }: { branch: BranchView }) {
  const { name, created_at, ended_at } = branch
  return (
    <div style={ANYWHERE}>
      <Box hiddenFrom="lg">
        <BranchState branch={branch} />
      </Box>
      <Text size="sm" fw={isUnpublished(branch) ? 500 : 400} component="div">
        {name}
      </Text>
      <Text size="xs" c="var(--polder-muted)" hiddenFrom="lg" component="div">
        began <TimeAgo at={created_at} />
        {ended_at && (
          <>
            , ended <TimeAgo at={ended_at} />
          </>
        )}
        , by <Writer branch={branch} />
      </Text>
    </div>
  )
}

function When({ branch: { created_at, ended_at } }: { branch: BranchView }) {
  return (
    <>
      <Small of={<TimeAgo at={created_at} />} />
      {ended_at && (
        <Text size="xs" c="var(--polder-muted)" component="div" style={{ whiteSpace: 'nowrap' }}>
          ended <TimeAgo at={ended_at} />
        </Text>
      )}
    </>
  )
}

/** The step, and its run; where it was neither, what it was. */
function Writer({ branch }: { branch: BranchView }) {
  const { name, run, step } = branch
  if (!run) return makerOf(branch)
  return (
    <>
      {step && (
        <>
          <To to={stepPath(run, step, name)} inherit underline="always">
            {step}
          </To>
          ,{' '}
        </>
      )}
      <RunLink id={run} inherit underline="always">
        run {shortId(run)}
      </RunLink>
    </>
  )
}

function Look({ branch }: { branch: BranchView }) {
  const { name, environment } = branch
  if (isGone(branch)) return null
  return (
    <Anchor
      component={Link}
      to={sqlPath('', { environment, branch: name })}
      size="sm"
      aria-label={`Look into it: ${name}`}
      style={{ whiteSpace: 'nowrap' }}
    >
      Look into it
    </Anchor>
  )
}
