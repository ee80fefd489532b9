import { Group, SegmentedControl, Skeleton, Text } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useGet } from '~/api/queries'
import type { PipelineView } from '~/api/schema'
import { FileText } from '~/deployments/FileText'
import { RevisionLink } from '~/deployments/RevisionLink'
import { Loaded } from '~/kit/Loaded'
import { useUrl } from '~/kit/useUrl'
import { definitionOf } from '../definition'
import { Section } from '../why/Section'
import { effective } from './effective'
import { toYaml } from './yaml'

const CodeView = lazy(() => import('~/kit/code/CodeView'))

const FORMS = [
  { value: 'written', label: 'As written' },
  { value: 'effective', label: 'With defaults' },
]

type Props = { pipeline: PipelineView }

/** The file that defines the pipeline, or what has become of it. */
export default function DefinitionTab({ pipeline }: Props) {
  const [form, setForm] = useUrl('as', 'written')
  const file = pipeline.job ? undefined : (pipeline.file ?? definitionOf(pipeline).file)
  const written = form === 'written' && file && pipeline.revision
  return (
    <Section title="Definition">
      <Group justify="space-between">
        <Where pipeline={pipeline} />
        {file && (
          <SegmentedControl
            size="xs"
            aria-label="Form of the definition"
            data={FORMS}
            value={form}
            onChange={setForm}
          />
        )}
      </Group>
      {written ? <Written revision={pipeline.revision ?? ''} file={file} /> : <Effective pipeline={pipeline} />}
    </Section>
  )
}

function Where({ pipeline }: Props) {
  if (pipeline.job) {
    return (
      <Text size="sm" c="var(--polder-muted)">
        A job has no file: this is what its registration became, with defaults.
      </Text>
    )
  }
  return (
    <Text size="sm" c="var(--polder-muted)" component="div">
      {pipeline.project && <>Project {pipeline.project}</>}
      {pipeline.revision && (
        <>
          ,{' '}
          <RevisionLink id={pipeline.revision} underline="always">
            its current revision
          </RevisionLink>
        </>
      )}
    </Text>
  )
}

function Written({ revision, file }: { revision: string; file: string }) {
  const files = useGet('/api/v1/revisions/{id}/files', { params: { path: { id: revision } } })
  return (
    <Loaded query={files} lines={8}>
      {({ files }) => {
        const found = files.find(({ path }) => path === file)
        return found ? <FileText file={found} /> : <Text>The revision has no file {file}.</Text>
      }}
    </Loaded>
  )
}

function Effective({ pipeline }: Props) {
  const text = toYaml(effective(pipeline.definition))
  return (
    <Suspense fallback={<Skeleton height={240} />}>
      <CodeView text={text} language="yaml" label={`${pipeline.name}, with defaults`} />
    </Suspense>
  )
}
