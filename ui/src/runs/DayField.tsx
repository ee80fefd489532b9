import { Text, TextInput } from '@mantine/core'
import { type ChangeEvent, type KeyboardEvent, useState } from 'react'
import { isPlausibleDay } from './wanted'

type Props = { word: 'date from' | 'to'; day: string | undefined; onDay: (day: string) => void }

/** Not when it ran: what it is about. */
export function DayField({ word, day = '', onDay }: Props) {
  return (
    <TextInput
      type="date"
      aria-label={word === 'to' ? 'Date of the run, to' : 'Date of the run, from'}
      title="The date that a run is about, not when it ran"
      leftSection={
        <Text size="sm" c="var(--polder-muted)">
          {word}
        </Text>
      }
      leftSectionWidth={word === 'to' ? 32 : 82}
      w={{ base: '100%', xs: 'auto' }}
      // Browsers go on from the year only after as many digits as this has.
      max="9999-12-31"
      {...useTyped(day, onDay)}
    />
  )
}

/**
 * What stands in the field while somebody types there is theirs: of 2013 it says 0002 first, which is no date to look for, and
 * whoever put another value there would begin the year anew. Of what is no date when they leave, nothing stays.
 */
function useTyped(day: string, onDay: (day: string) => void) {
  const [typed, setTyped] = useState<string>()
  const tell = (field: HTMLInputElement) => {
    if (field.value !== day && (isEmpty(field) || isPlausibleDay(field.value))) onDay(field.value)
  }
  return {
    value: typed ?? day,
    onFocus: () => setTyped(day),
    onBlur: () => setTyped(undefined),
    onChange: ({ currentTarget: field }: ChangeEvent<HTMLInputElement>) => {
      setTyped((now) => (now === undefined ? undefined : field.value))
      tell(field)
    },
    // Nothing else tells that the last part of a date was erased: it has no value since the first was.
    onKeyUp: ({ currentTarget: field }: KeyboardEvent<HTMLInputElement>) => tell(field),
  }
}

/** A date of which a part is missing has no value either. */
const isEmpty = ({ value, validity }: HTMLInputElement) => value === '' && !validity.badInput
