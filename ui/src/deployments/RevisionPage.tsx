import { Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { useParams } from 'react-router'
import type { Revision } from '~/api/schema'
import { Failure } from '~/kit/Failure'
import { To, within } from '~/kit/Links'
import { Loaded } from '~/kit/Loaded'
import { PageHeader } from '~/kit/PageHeader'
import { TimeAgo } from '~/kit/Times'
import { useOwnEnvironment } from '~/kit/useOwnEnvironment'
import { useUrl } from '~/kit/useUrl'
import { Comparison } from './Comparison'
import { Files } from './Files'
import { RevisionLink } from './RevisionLink'
import { Current } from './RevisionTable'
import { RollBack } from './RollBack'
import { SourceText } from './SourceText'
import { useRevision, useRevisionBefore } from './useRevisions'

/** What one deployment brought. */
export function RevisionPage() {
  const { id = '' } = useParams()
  const query = useRevision(id)
  return (
    <>
      {!query.data && <PageHeader title="Revision" />}
      <Loaded query={query} lines={8}>
        {(revision) => <Known revision={revision} />}
      </Loaded>
    </>
  )
}

const VIEWS = [
  { value: 'changes', label: 'What changed' },
  { value: 'files', label: 'All files' },
]

function Known({ revision }: { revision: Revision }) {
  const [view, setView] = useUrl('view', 'changes')
  useOwnEnvironment(revision.environment)
  return (
    <>
      <PageHeader
        title={`Revision ${revision.number}`}
        tab={`Revision ${revision.number} of ${revision.team}/${revision.project}`}
        above={<Project revision={revision} />}
        beside={revision.current && <Current />}
        below={<About revision={revision} />}
        actions={<RollBack revision={revision} />}
      />
      <Stack>
        <Group>
          <SegmentedControl aria-label="What to show of the revision" data={VIEWS} value={view} onChange={setView} />
        </Group>
        {view === 'files' ? <Files id={revision.id} /> : <Changes revision={revision} />}
      </Stack>
    </>
  )
}

function Project({ revision }: { revision: Revision }) {
  const { team, project, environment } = revision
  const path = `/deployments?project=${encodeURIComponent(`${team}/${project}`)}`
  return (
    <>
      <To to={within(environment, path)}>
        {team}/{project}
      </To>{' '}
      in {environment}
    </>
  )
}

function About({ revision }: { revision: Revision }) {
  const { created_at, created_by, note, source, rolled_back_to } = revision
  return (
    <>
      {note && <Text c="var(--mantine-color-text)">{note}</Text>}
      deployed <TimeAgo at={created_at} /> by {created_by}
      {Object.keys(source).length > 0 && (
        <>
          , from <SourceText source={source} />
        </>
      )}
      {rolled_back_to && (
        <>
          ; it brought back{' '}
          <RevisionLink id={rolled_back_to} underline="always">
            an earlier revision
          </RevisionLink>
        </>
      )}
    </>
  )
}

function Changes({ revision }: { revision: Revision }) {
  const { before, known, error, refetch } = useRevisionBefore(revision)
  if (error && !known) return <Failure error={error} retry={() => refetch()} />
  if (!known) return null
  if (!before)
    return (
      <Text>
        {revision.number === 1
          ? 'It is the first revision: all of its files were new.'
          : 'The one before it is too long ago.'}
      </Text>
    )
  return (
    <>
      <Text size="sm">
        Against{' '}
        <RevisionLink id={before.id} underline="always">
          revision {before.number}
        </RevisionLink>
        , the one before it:
      </Text>
      <Comparison from={before.id} to={revision.id} />
    </>
  )
}
