import { Anchor, Code, List, Text, Title, type TitleOrder } from '@mantine/core'
import { type Block, blocksOf, type Span, spansOf } from './markdown'

type Props = {
  text: string
  /** The order of the uppermost heading that may come in it. */
  order?: TitleOrder
  size?: 'xs' | 'sm' | 'md'
}

/** Descriptions as elements; nothing in them is read as HTML. */
export function Markdown({ text, order = 3, size = 'sm' }: Props) {
  return blocksOf(text).map((block, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of a text stay where they are
    <One key={place} block={block} order={order} size={size} />
  ))
}

function One({ block, order, size }: { block: Block } & Required<Pick<Props, 'order' | 'size'>>) {
  switch (block.kind) {
    case 'code':
      return (
        <Code block fz={size} my="xs">
          {block.text}
        </Code>
      )
    case 'heading':
      return (
        <Title
          order={Math.min(6, order + block.level - 1) as TitleOrder}
          size={block.level === 1 ? 'h3' : 'h5'}
          mt="md"
          mb="xs"
        >
          <Spans spans={block.spans} />
        </Title>
      )
    case 'list':
      return (
        <List size={size} spacing={4} my="xs">
          {block.items.map((item, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the items of a text stay where they are
            <List.Item key={place}>
              <Spans spans={item} />
            </List.Item>
          ))}
        </List>
      )
    case 'paragraph':
      return (
        <Text size={size} maw="75ch" my={4}>
          <Spans spans={block.spans} />
        </Text>
      )
  }
}

/** A sentence, where only text can stand. */
export const Inline = ({ text }: { text: string }) => <Spans spans={spansOf(text)} />

function Spans({ spans }: { spans: Span[] }) {
  return spans.map((span, place) => {
    const key = `${place} ${span.text}`
    if (span.kind === 'code') {
      return (
        <Code key={key} fz="inherit" style={{ overflowWrap: 'anywhere' }}>
          {span.text}
        </Code>
      )
    }
    if (span.kind === 'strong') return <b key={key}>{span.text}</b>
    if (span.kind !== 'link') return span.text
    return (
      <Anchor key={key} inherit href={span.to} target="_blank" rel="noreferrer" underline="always">
        {span.text}
      </Anchor>
    )
  })
}
