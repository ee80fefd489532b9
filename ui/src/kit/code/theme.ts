/** How code looks: by the page's own colours, so that it follows the theme without being told. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const colours = HighlightStyle.define([
  { tag: [tags.comment, tags.meta], color: 'var(--polder-muted)', fontStyle: 'italic' },
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword], color: 'var(--polder-grape)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--polder-teal)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--polder-orange)' },
  { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.attributeName], color: 'var(--polder-blue)' },
  { tag: [tags.function(tags.variableName), tags.definition(tags.variableName)], color: 'var(--polder-blue)' },
  { tag: [tags.className, tags.typeName, tags.standard(tags.variableName)], color: 'var(--polder-yellow)' },
  { tag: [tags.special(tags.variableName), tags.labelName], color: 'var(--polder-yellow)' },
  { tag: [tags.punctuation, tags.separator], color: 'var(--polder-muted)' },
  { tag: tags.heading, fontWeight: '650' },
])

const tint = (colour: string, share: number) => `color-mix(in srgb, var(--polder-${colour}) ${share}%, transparent)`

const look = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: 'var(--mantine-color-text)', fontSize: '13px' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.55' },
  '.cm-content': { padding: '8px 0' },
  '.cm-line': { padding: '0 12px' },
  '.cm-gutters': {
    backgroundColor: 'var(--polder-faint)',
    color: 'var(--polder-muted)',
    borderRight: '1px solid var(--polder-line)',
  },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 8px 0 12px', minWidth: '2.6em' },
  '.cm-template': { backgroundColor: tint('grape', 10), borderRadius: '3px' },
  '.cm-template, .cm-template span': { color: 'var(--polder-grape)' },
})

const searching = EditorView.theme({
  '.cm-panels': { backgroundColor: 'var(--polder-faint)', color: 'var(--mantine-color-text)' },
  '.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--polder-line)' },
  '.cm-panel.cm-search': { padding: '6px 36px 6px 8px', fontFamily: 'var(--mantine-font-family)' },
  '.cm-panel.cm-search label': { fontSize: '13px' },
  '.cm-textfield': {
    backgroundColor: 'var(--mantine-color-body)',
    border: '1px solid var(--polder-line)',
    borderRadius: '6px',
    fontSize: '13px',
    padding: '3px 8px',
  },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--mantine-color-body)',
    border: '1px solid var(--polder-line)',
    borderRadius: '6px',
    fontSize: '13px',
    padding: '3px 8px',
  },
  '.cm-panel.cm-search [name=close]': { color: 'inherit', fontSize: '20px', right: '10px', top: '6px' },
  '.cm-searchMatch': { backgroundColor: tint('yellow', 22) },
  '.cm-searchMatch-selected': { backgroundColor: tint('yellow', 22), outline: '2px solid var(--polder-orange)' },
  '.cm-searchMatch, .cm-searchMatch span': { color: 'var(--mantine-color-text)' },
})

const comparison = EditorView.theme({
  '&.cm-merge-b .cm-changedLine': { backgroundColor: tint('teal', 9) },
  '&.cm-merge-b .cm-changedText': { background: tint('teal', 24), borderRadius: '2px' },
  // On the darker ground, colours of words could not be read.
  '.cm-changedText, .cm-changedText span, .cm-deletedText, .cm-deletedText span': {
    color: 'var(--mantine-color-text)',
  },
  '.cm-deletedChunk': { backgroundColor: tint('red', 9), padding: '0 12px' },
  '& .cm-deletedChunk .cm-deletedText': { background: tint('red', 24), borderRadius: '2px' },
  '.cm-changeGutter': { width: '1.4em', backgroundColor: 'var(--polder-faint)' },
  '.cm-gutterElement.cm-changedLineGutter, .cm-gutterElement.cm-deletedLineGutter': {
    background: 'transparent',
    textAlign: 'center',
    fontWeight: '700',
  },
  // Signs beside the colours, for who cannot tell them apart.
  '.cm-changedLineGutter::before': { content: '"+"', color: 'var(--polder-teal)' },
  '.cm-deletedLineGutter::before': { content: '"−"', color: 'var(--polder-red)' },
  '& .cm-collapsedLines': {
    background: 'var(--polder-faint)',
    color: 'var(--polder-muted)',
    fontFamily: 'var(--mantine-font-family)',
  },
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"…"' },
})

export const codeLook = [look, searching, syntaxHighlighting(colours)]
export const comparisonLook = [comparison, codeLook]
