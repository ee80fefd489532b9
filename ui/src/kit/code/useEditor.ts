/** An editor that nobody writes in: CodeMirror without its setup, with only what reading takes. */
import { search, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import {
  Decoration,
  EditorView,
  keymap,
  lineNumbers,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view'
import { type RefObject, useEffect, useRef } from 'react'
import { type Language, loadLanguage } from './languages'

/** The number that the server lets styles through with; see its content security policy. */
const nonce = () => document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? ''

/** `{{ … }}` is the same in every file. */
const finder = new MatchDecorator({ regexp: /\{\{.*?\}\}/g, decoration: Decoration.mark({ class: 'cm-template' }) })

const templates = ViewPlugin.define(
  (view) => ({
    found: finder.createDeco(view),
    update(update: ViewUpdate) {
      this.found = finder.updateDeco(update, this.found)
    },
  }),
  { decorations: (plugin) => plugin.found },
)

function reading(label: string): Extension {
  return [
    EditorView.cspNonce.of(nonce()),
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true', tabindex: '0' }),
    lineNumbers(),
    templates,
    // Only what can be seen is in the page, so that the browser's own search would miss the rest.
    search({ top: true }),
    keymap.of(searchKeymap),
  ]
}

/** Puts the text into the element that the answer refers to. `more` has to stay the same between renderings. */
export function useEditor(
  text: string,
  language: Language,
  label: string,
  more: Extension,
): RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!box.current) return
    const syntax = new Compartment()
    const extensions = [reading(label), syntax.of([]), more]
    const view = new EditorView({ parent: box.current, state: EditorState.create({ doc: text, extensions }) })
    let gone = false
    void loadLanguage(language).then((loaded) => {
      if (!gone) view.dispatch({ effects: syntax.reconfigure(loaded) })
    })
    return () => {
      gone = true
      view.destroy()
    }
  }, [text, language, label, more])
  return box
}
