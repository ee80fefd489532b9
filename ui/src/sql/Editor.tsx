import { Compartment, EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { type Does, language, markMistake, wasPut, writing } from './editor'
import type { Span } from './mistake'
import type { Known } from './proposals'
import classes from './sql.module.css'

type Props = Does & { text: string; names: Known; mistake: Span | undefined }

/** Where one writes a statement. What is in it is `text`, also when that is changed from outside. */
export function Editor({ text, names, mistake, ...does }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const syntax = useRef(new Compartment())
  // The editor is made once, and does what is to be done at the time.
  const now = useRef(does)
  useEffect(() => {
    now.current = does
  })
  useEffect(() => {
    const parent = box.current ?? undefined
    const calls: Does = { onChange: (text) => now.current.onChange(text), onRun: (text) => now.current.onRun(text) }
    const extensions = [writing('SQL', calls), syntax.current.of([])]
    const made = new EditorView({ parent, state: EditorState.create({ extensions }) })
    view.current = made
    return () => made.destroy()
  }, [])
  useEffect(() => {
    const old = view.current?.state.doc.toString()
    const changes = { from: 0, to: old?.length ?? 0, insert: text }
    if (old !== text) view.current?.dispatch({ changes, annotations: wasPut.of(true) })
  }, [text])
  useEffect(() => view.current?.dispatch({ effects: syntax.current.reconfigure(language(names)) }), [names])
  useEffect(() => view.current?.dispatch({ effects: markMistake.of(mistake) }), [mistake])
  return <div ref={box} className={classes.editor} />
}
