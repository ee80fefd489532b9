import { Chunk, unifiedMergeView } from '@codemirror/merge'
import { Text as Document, type Extension } from '@codemirror/state'
import { Button, Text } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { counted } from '../units'
import classes from './code.module.css'
import { Frame } from './Frame'
import type { Language } from './languages'
import { changedLines } from './lines'
import { comparisonLook } from './theme'
import { useEditor } from './useEditor'

type Props = { before: string; after: string; language: Language; label: string; beside?: ReactNode }

/** What changed between two versions of a file. Load it lazily: it brings the editor with it. */
export default function DiffView({ before, after, language, label, beside }: Props) {
  const [whole, setWhole] = useState(false)
  // A file that came or went as a whole is all different: there is nothing to mark within it, and nothing to leave out.
  const partly = before !== '' && after !== ''
  const extension = useMemo(() => comparing(before, partly, whole), [before, partly, whole])
  const box = useEditor(after, language, label, extension)
  return (
    <Frame label={label} copied={after} box={box}>
      <Changed before={before} after={after} />
      {beside}
      {partly && (
        <Button size="compact-xs" variant="default" aria-pressed={whole} onClick={() => setWhole(!whole)}>
          {whole ? 'Only changes' : 'Whole file'}
        </Button>
      )}
    </Frame>
  )
}

function comparing(original: string, partly: boolean, whole: boolean): Extension {
  return [
    unifiedMergeView({
      original,
      mergeControls: false,
      highlightChanges: partly,
      diffConfig: { scanLimit: 2000, timeout: 500 },
      ...(whole || !partly ? {} : { collapseUnchanged: { margin: 3, minSize: 6 } }),
    }),
    comparisonLook,
  ]
}

function Changed({ before, after }: { before: string; after: string }) {
  const { added, removed } = useMemo(() => linesBetween(before, after), [before, after])
  return (
    <Text size="sm" span style={{ whiteSpace: 'nowrap' }}>
      <span className={classes.added} title={`${counted(added, 'line')} added`}>
        +{added}
      </span>{' '}
      <span className={classes.removed} title={`${counted(removed, 'line')} removed`}>
        −{removed}
      </span>
    </Text>
  )
}

function linesBetween(before: string, after: string) {
  const [old, now] = [before, after].map((text) => Document.of(text.split('\n'))) as [Document, Document]
  return changedLines(Chunk.build(old, now, { scanLimit: 2000, timeout: 500 }), old, now)
}
