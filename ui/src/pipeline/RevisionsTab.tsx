import { NativeSelect, SimpleGrid, Text } from '@mantine/core'
import type { PipelineView, Revision } from '~/api/schema'
import { Comparison } from '~/deployments/Comparison'
import { RevisionTable } from '~/deployments/RevisionTable'
import { useRevisions } from '~/deployments/useRevisions'
import { Empty } from '~/kit/Empty'
import { Loaded } from '~/kit/Loaded'
import { SearchField } from '~/kit/SearchField'
import { absolute } from '~/kit/time'
import { useUrl } from '~/kit/useUrl'
import { Section } from './why/Section'

type Project = Parameters<typeof useRevisions>[0]

/** The revisions of the pipeline's project. */
export default function RevisionsTab({ pipeline }: { pipeline: PipelineView }) {
  const { job, team, project, environment } = pipeline
  if (job || !project) return <OfJob pipeline={pipeline} />
  return <OfProject team={team} project={project} environment={environment} />
}

function OfJob({ pipeline }: { pipeline: PipelineView }) {
  return (
    <Empty title={`${pipeline.name} is a job: it belongs to no project.`}>
      Jobs are registered one by one, by a request, and a later request replaces what the earlier one said. Each run
      stays with what it was started with; there is nothing to roll back to.
    </Empty>
  )
}

function OfProject(of: Project) {
  const pages = useRevisions(of)
  return (
    <Loaded query={pages} lines={6}>
      {() => (
        <>
          <Compare revisions={pages.items} />
          <Section title={`Revisions of ${of.team}/${of.project}`}>
            <SearchField label="Search revisions" />
            <Found of={of} current={pages.items.find(({ current }) => current)?.id} />
          </Section>
        </>
      )}
    </Loaded>
  )
}

function Found({ of, current }: { of: Project; current: string | undefined }) {
  const [search] = useUrl('search')
  const pages = useRevisions(of, search)
  return (
    <Loaded query={pages} lines={6}>
      {() =>
        pages.items.length === 0 && search ? (
          <Empty title={`No revision has “${search}” in its note, source or author.`} />
        ) : (
          <RevisionTable
            ofOne
            comparedWith={current}
            revisions={pages.items}
            busy={pages.isFetchingNextPage}
            {...(pages.hasNextPage ? { onEnd: () => pages.fetchNextPage() } : {})}
          />
        )
      }
    </Loaded>
  )
}

/** What is different between any two of them; the two stand in the address. */
function Compare({ revisions }: { revisions: Revision[] }) {
  const [from, setFrom] = useUrl('from')
  const [to, setTo] = useUrl('to')
  if (revisions.length < 2 && !from) return null
  return (
    <Section title="Compare two revisions">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Choice label="From" value={from} revisions={revisions} onChange={setFrom} />
        <Choice label="To" value={to} revisions={revisions} onChange={setTo} />
      </SimpleGrid>
      {from && to && from !== to && <Comparison from={from} to={to} />}
      {from && from === to && <Text size="sm">Both are the same revision.</Text>}
    </Section>
  )
}

type ChoiceProps = { label: string; value: string; revisions: Revision[]; onChange: (id: string) => void }

function Choice({ label, value, revisions, onChange }: ChoiceProps) {
  const options = revisions.map((revision) => ({ value: revision.id, label: nameOf(revision) }))
  const known = value === '' || options.some((option) => option.value === value)
  return (
    <NativeSelect
      label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[{ value: '', label: 'choose…' }, ...options, ...(known ? [] : [{ value, label: 'an older one' }])]}
    />
  )
}

function nameOf({ number, current, created_at, note }: Revision): string {
  const about = note ? `: ${note.split('\n')[0]?.slice(0, 40)}` : ''
  return `${number}${current ? ' (current)' : ''}, ${absolute(created_at)}${about}`
}
