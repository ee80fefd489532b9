import { NativeSelect, TextInput } from '@mantine/core'
import type { Mistake } from '~/api/schema'
import type { Parameter } from '../definition'
import { asText, hasDefault } from './fields'

type Props = {
  parameter: Parameter
  value: string
  mistake: Mistake | undefined
  first: boolean
  onChange: (value: string) => void
}

const TYPES = { string: 'text', integer: 'whole number', number: 'number', boolean: 'true or false', date: 'day' }

/** A field of the type of its parameter. */
export function ParameterField({ parameter, value, mistake, first, onChange }: Props) {
  const choices = choicesOf(parameter)
  const common = {
    label: parameter.name,
    name: `parameters.${parameter.name}`,
    description: describe(parameter),
    withAsterisk: !hasDefault(parameter),
    required: !hasDefault(parameter),
    value,
    'data-autofocus': first || undefined,
    error: mistake && errorOf(mistake),
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  }
  if (choices) return <NativeSelect {...common} data={choices} />
  return <TextInput {...common} {...INPUTS[parameter.type]} autoComplete="off" />
}

const INPUTS = {
  string: {},
  integer: { inputMode: 'numeric' },
  number: { inputMode: 'decimal' },
  boolean: {},
  date: { type: 'date' },
} as const

const errorOf = ({ message, hint }: Mistake) => (hint ? `${message} (${hint})` : message)

function describe(parameter: Parameter): string {
  const byDefault = hasDefault(parameter) ? `default: ${asText(parameter.default) || 'empty'}` : 'required'
  return [parameter.description, `${TYPES[parameter.type]}; ${byDefault}`].filter(Boolean).join(' · ')
}

/** What may be chosen; without a default, nothing is chosen for somebody. */
function choicesOf(parameter: Parameter): { value: string; label: string }[] | undefined {
  const values = parameter.type === 'boolean' ? [true, false] : parameter.choices
  if (values.length === 0) return undefined
  const options = values.map((value) => ({ value: asText(value), label: asText(value) }))
  return hasDefault(parameter) ? options : [{ value: '', label: 'choose…' }, ...options]
}
