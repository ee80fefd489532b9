/** CodeMirror for somebody who writes SQL: with only what that takes. */
import {
  acceptCompletion,
  autocompletion,
  type CompletionContext,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, insertNewlineKeepIndent } from '@codemirror/commands'
import { sql } from '@codemirror/lang-sql'
import { bracketMatching } from '@codemirror/language'
import { search, searchKeymap } from '@codemirror/search'
import { Annotation, type Extension, Prec, StateEffect, StateField } from '@codemirror/state'
import {
  Decoration,
  drawSelection,
  EditorView,
  keymap,
  lineNumbers,
  placeholder,
  type ViewUpdate,
} from '@codemirror/view'
import { codeLook } from '~/kit/code/theme'
import { styleNonce } from '~/styleNonce'
import { dialect } from './dialect'
import type { Span } from './mistake'
import { type Known, proposalsAt } from './proposals'

/** Marks where a mistake is; nothing takes the mark away. */
export const markMistake = StateEffect.define<Span | undefined>()

/** Marks a text that was put there, not written. */
export const wasPut = Annotation.define<true>()

const isWritten = ({ docChanged, transactions }: ViewUpdate) =>
  docChanged && !transactions.some((made) => made.annotation(wasPut))

const wrong = Decoration.mark({ class: 'cm-wrong' })
const wrongLine = Decoration.line({ class: 'cm-wrongLine' })

/** The mark goes when the text is changed: it may be right then. */
const mistakes = StateField.define({
  create: () => Decoration.none,
  update(marks, { effects, docChanged, state }) {
    const told = effects.find((effect) => effect.is(markMistake))
    if (!told) return docChanged ? Decoration.none : marks
    const span = told.value as Span | undefined
    if (!span || span.to > state.doc.length) return Decoration.none
    const line = wrongLine.range(state.doc.lineAt(span.from).from)
    return Decoration.set(span.to > span.from ? [line, wrong.range(span.from, span.to)] : [line], true)
  },
  provide: (field) => EditorView.decorations.from(field),
})

const look = EditorView.theme({
  '&': { maxHeight: '50vh' },
  '.cm-scroller': { overflow: 'auto' },
  '.cm-content, .cm-gutter': { minHeight: '132px' },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    background: 'color-mix(in srgb, var(--mantine-primary-color-filled) 22%, transparent) !important',
  },
  '.cm-placeholder': { color: 'var(--polder-muted)' },
  '.cm-wrong': { textDecoration: 'underline wavy var(--polder-red)', textUnderlineOffset: '3px' },
  '.cm-wrongLine': { backgroundColor: 'color-mix(in srgb, var(--polder-red) 9%, transparent)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--mantine-color-body)',
    border: '1px solid var(--polder-line)',
    borderRadius: '6px',
    color: 'var(--mantine-color-text)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', lineHeight: '1.5' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--mantine-primary-color-filled)',
    color: 'var(--mantine-primary-color-contrast)',
  },
  '.cm-completionDetail': { fontStyle: 'normal', opacity: '0.8' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'color-mix(in srgb, var(--polder-teal) 22%, transparent)' },
})

/**
 * What is typed over a selection is put there by the editor: the browser would keep the colour of what it replaces as a style of its own,
 * which the content security policy refuses.
 */
function writeOver(event: InputEvent, view: EditorView): boolean {
  const { from, to, empty } = view.state.selection.main
  const { data: text, inputType, isComposing } = event
  if (empty || isComposing || inputType !== 'insertText' || !text) return false
  event.preventDefault()
  const insert = () =>
    view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true })
  const isDone = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, text, insert))
  if (!isDone) view.dispatch(insert())
  return true
}

export type Does = { onChange: (text: string) => void; onRun: (text: string) => void }

export function writing(label: string, { onChange, onRun }: Does): Extension {
  // What is drawn on the page may lag behind what was just typed.
  const run = ({ state }: EditorView) => {
    onRun(state.doc.toString())
    return true
  }
  return [
    EditorView.cspNonce.of(styleNonce()),
    // What scrolls can be reached without a mouse, as axe looks at it.
    EditorView.contentAttributes.of({ 'aria-label': label, 'data-page-search': '', tabindex: '0' }),
    EditorView.lineWrapping,
    EditorView.updateListener.of((update) => {
      if (isWritten(update)) onChange(update.state.doc.toString())
    }),
    placeholder('SELECT …'),
    lineNumbers(),
    history(),
    drawSelection(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ icons: false }),
    search({ top: true }),
    mistakes,
    EditorView.domEventHandlers({ beforeinput: writeOver }),
    // Before the keys of lines, which have `Ctrl-Enter` as a new one.
    Prec.highest(keymap.of([{ key: 'Mod-Enter', run }])),
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...searchKeymap,
      ...historyKeymap,
      { key: 'Enter', run: insertNewlineKeepIndent },
      ...defaultKeymap,
      // Otherwise it leads on from here: who has no mouse has to get out.
      { key: 'Tab', run: acceptCompletion },
    ]),
    codeLook,
    look,
  ]
}

/** Knows the tables and columns that there are. */
export function language(known: Known): Extension {
  const propose = ({ state, pos, explicit }: CompletionContext) => {
    const found = proposalsAt(state.doc.toString(), pos, known)
    // Nobody wants a list before the first letter, unless it is asked for.
    const isBegun = explicit || (found && found.from < pos) || state.sliceDoc(pos - 1, pos) === '.'
    return found && isBegun ? { ...found, validFor: /^\w*$/ } : null
  }
  return [sql({ dialect, schema: known, upperCaseKeywords: true }), dialect.language.data.of({ autocomplete: propose })]
}
