import type { ReactNode } from 'react'
import { Frame } from './Frame'
import type { Language } from './languages'
import { codeLook } from './theme'
import { useEditor } from './useEditor'

type Props = { text: string; language: Language; label: string; maxHeight?: number | string; beside?: ReactNode }

/** Code to read. Load it lazily: it brings the editor with it. */
export default function CodeView({ text, language, label, maxHeight, beside }: Props) {
  // What ends the last line is no line of its own.
  const box = useEditor(text.replace(/\r?\n$/, ''), language, label, codeLook)
  return (
    <Frame label={label} copied={text} box={box} maxHeight={pixels(maxHeight)}>
      {beside}
    </Frame>
  )
}

const pixels = (size: number | string | undefined) => (typeof size === 'number' ? `${size}px` : size)
