import { Text } from '@mantine/core'
import { To } from '~/kit/Links'
import { Unbroken } from '~/kit/Unbroken'
import type { Part } from './parts'

/** A sentence of text and links. */
export function Sentence({ parts }: { parts: Part[] }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: the place in the sentence is what a part is known by
  return parts.map((part, place) => <Piece key={place} part={part} />)
}

function Piece({ part }: { part: Part }) {
  if (typeof part === 'string') return <Unbroken text={part} />
  const { text, to, title } = part
  if (to === undefined) {
    return (
      <Text span inherit title={title}>
        {text}
      </Text>
    )
  }
  return (
    <To to={to} inherit title={title} underline="always">
      {text}
    </To>
  )
}
