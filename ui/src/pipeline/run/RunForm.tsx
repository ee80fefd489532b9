import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { explain } from '~/api/problem'
import type { PipelineView } from '~/api/schema'
import { Failure, Mistakes } from '~/kit/Failure'
import { runPath } from '~/kit/Links'
import { counted } from '~/kit/units'
import { useMay } from '~/session/session'
import { definitionOf } from '../definition'
import { AboutField } from './AboutField'
import { type About, firstValues, labelsOf, logicalDateOf, sortMistakes, valuesToSend } from './fields'
import { ParameterField } from './ParameterField'
import { useStart } from './useStart'

type Props = { pipeline: PipelineView; onClose: () => void }

/** The form of a run, made from the pipeline's parameters. */
export function RunForm({ pipeline, onClose }: Props) {
  const { parameters, timezone } = definitionOf(pipeline)
  const [typed, setTyped] = useState(() => firstValues(parameters))
  const [about, setAbout] = useState<About>({ kind: 'now', day: '', instant: '' })
  const [labels, setLabels] = useState('')
  const may = useMay('operator', pipeline.team)
  const navigate = useNavigate()
  const start = useStart(pipeline)
  const { fields, others } = sortMistakes(start.error ? explain(start.error).mistakes : [], parameters)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const given = {
      parameters: valuesToSend(parameters, typed),
      labels: labelsOf(labels),
      logical_date: logicalDateOf(about),
    }
    start.mutate(given, { onSuccess: ({ id }) => navigate(runPath(id)) })
  }
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (start.error) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [start.error])
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack>
        {parameters.length === 0 && <Text size="sm">This pipeline takes no parameters.</Text>}
        {parameters.map((parameter, place) => (
          <ParameterField
            key={parameter.name}
            parameter={parameter}
            first={place === 0}
            value={typed[parameter.name] ?? ''}
            mistake={fields[parameter.name]}
            onChange={(value) => setTyped({ ...typed, [parameter.name]: value })}
          />
        ))}
        <AboutField about={about} timezone={timezone} onChange={setAbout} />
        <Textarea
          label="Labels"
          description="To find the run by: one a line, key=value"
          autosize
          minRows={1}
          value={labels}
          onChange={(event) => setLabels(event.currentTarget.value)}
        />
        <Refusals pipeline={pipeline} />
        {start.error && <Wrong error={start.error} atFields={Object.keys(fields).length} others={others} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            data-autofocus={parameters.length === 0 || undefined}
            loading={start.isPending}
            disabled={!may || pipeline.paused}
          >
            Run
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Somebody may come here by a link although the button is not theirs to press. */
function Refusals({ pipeline }: { pipeline: PipelineView }) {
  const may = useMay('operator', pipeline.team)
  const why = !may
    ? `Only an operator of ${pipeline.team} may start runs of it.`
    : pipeline.paused
      ? 'It is paused: nothing starts it. Resume it first.'
      : undefined
  return why ? <Alert color="gray" icon={<IconLock aria-hidden />} title={why} /> : null
}

type WrongProps = { error: unknown; atFields: number; others: ReturnType<typeof sortMistakes>['others'] }

/** What is shown at its field is not said twice. */
function Wrong({ error, atFields, others }: WrongProps) {
  if (atFields === 0) return <Failure error={error} />
  return (
    <Alert
      color="red"
      variant="light"
      role="alert"
      title={`Not started: ${counted(atFields, 'value')} above cannot be used.`}
    >
      {others.length > 0 && <Mistakes mistakes={others} />}
    </Alert>
  )
}
