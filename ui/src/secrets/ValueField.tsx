import { FileInput, Input, PasswordInput, SegmentedControl, Stack, Switch, Textarea } from '@mantine/core'
import { IconFile } from '@tabler/icons-react'
import { type RefObject, useEffect, useState } from 'react'
import { checkedBytes, checkedText, type Reading } from './value'
import classes from './value.module.css'

type Way = 'line' | 'lines' | 'file'
const WAYS = [
  { value: 'line', label: 'One line' },
  { value: 'lines', label: 'Several lines' },
  { value: 'file', label: 'A file' },
]

/** Where the value is, and nowhere else: in the field itself. */
export type Source = { read: () => Promise<Reading>; clear: () => void }

/** Password managers and browsers are to leave it alone: it is not the viewer's own password. */
const PRIVATE = {
  autoComplete: 'off',
  autoCorrect: 'off',
  autoCapitalize: 'off',
  spellCheck: false,
  'data-1p-ignore': true,
  'data-lpignore': 'true',
}

type Props = {
  source: RefObject<Source | null>
  mistake: string | undefined
  /** Whether there is nothing to be filled in before. */
  first: boolean
}

/** Takes a value that this page never holds: it is read from the field when it is sent, and the field is cleared. */
export function ValueField({ source, mistake, first }: Props) {
  const [way, setWay] = useState<Way>('line')
  const error = mistake ?? null
  return (
    <Stack gap="xs">
      <Input.Wrapper component="div" label="Value" labelElement="div" labelProps={{ id: 'value-way' }}>
        <SegmentedControl
          fullWidth
          data={WAYS}
          value={way}
          aria-labelledby="value-way"
          onChange={(chosen) => setWay(chosen as Way)}
        />
      </Input.Wrapper>
      {way === 'line' && <OneLine source={source} error={error} first={first} />}
      {way === 'lines' && <Lines source={source} error={error} />}
      {way === 'file' && <File source={source} error={error} />}
    </Stack>
  )
}

type FieldProps = { source: RefObject<Source | null>; error: string | null }

/** Ties a field to its source as long as it is there, and empties it when it goes. */
function useField(source: RefObject<Source | null>) {
  const [field, setField] = useState<HTMLInputElement | HTMLTextAreaElement | null>(null)
  useEffect(() => {
    if (!field) return
    const clear = () => {
      field.value = ''
    }
    source.current = { read: async () => checkedText(field.value), clear }
    return clear
  }, [field, source])
  return setField
}

function OneLine({ source, error, first }: FieldProps & Pick<Props, 'first'>) {
  const field = useField(source)
  return <PasswordInput ref={field} aria-label="Value" error={error} data-autofocus={first || undefined} {...PRIVATE} />
}

function Lines({ source, error }: FieldProps) {
  const field = useField(source)
  const [shown, setShown] = useState(false)
  return (
    <>
      <Textarea
        ref={field}
        aria-label="Value"
        rows={6}
        error={error}
        classNames={{ input: shown ? classes.lines : classes.hidden }}
        {...PRIVATE}
      />
      <Switch
        size="xs"
        label="Show what I type"
        checked={shown}
        onChange={(event) => setShown(event.currentTarget.checked)}
      />
    </>
  )
}

function File({ source, error }: FieldProps) {
  const [file, setFile] = useState<globalThis.File | null>(null)
  useEffect(() => {
    source.current = {
      read: async () => (file ? checkedBytes(await file.arrayBuffer()) : { mistake: 'Choose a file.' }),
      clear: () => setFile(null),
    }
  }, [file, source])
  return (
    <FileInput
      aria-label={`Value: ${file?.name ?? 'choose a file'}`}
      placeholder="choose a file"
      styles={{ placeholder: { color: 'var(--polder-muted)' } }}
      description="One line break at its end is not part of the value."
      leftSection={<IconFile size={16} aria-hidden />}
      clearable
      clearButtonProps={{ 'aria-label': 'Choose no file' }}
      value={file}
      onChange={setFile}
      error={error}
    />
  )
}
