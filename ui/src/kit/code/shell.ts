/** Enough of the shell's language to tell comments, texts, variables and words apart. */
import { LanguageSupport, StreamLanguage, type StringStream } from '@codemirror/language'

type State = { quote: string | undefined }

const WORDS =
  /^(if|then|elif|else|fi|for|while|until|do|done|case|esac|in|function|return|exit|export|local|set|FROM|RUN|COPY|CMD|ENV|ENTRYPOINT|WORKDIR|USER|ARG|EXPOSE|LABEL)\b/

function withinText(stream: StringStream, state: State): string {
  while (!stream.eol()) {
    if (state.quote === '"' && stream.peek() === '$' && stream.pos > stream.start) return 'string'
    if (state.quote === '"' && stream.match(/^\$(\w+|\{[^}]*\}|[?!@#*$])/)) return 'variableName.special'
    const next = stream.next()
    if (next === '\\' && state.quote === '"') stream.next()
    else if (next === state.quote) {
      state.quote = undefined
      return 'string'
    }
  }
  return 'string'
}

function token(stream: StringStream, state: State): string | null {
  if (state.quote) return withinText(stream, state)
  if (stream.eatSpace()) return null
  if (stream.match(/^#.*/)) return 'comment'
  const quote = stream.eat(/["']/)
  if (quote) {
    state.quote = quote
    return withinText(stream, state)
  }
  if (stream.match(/^\$(\w+|\{[^}]*\}|[?!@#*$])/)) return 'variableName.special'
  if (stream.match(/^--?[A-Za-z][\w-]*/)) return 'propertyName'
  if (stream.match(WORDS)) return 'keyword'
  if (stream.match(/^\d+\b/)) return 'number'
  if (!stream.match(/^[\w./-]+/)) stream.next()
  return null
}

export const shell = () =>
  new LanguageSupport(StreamLanguage.define<State>({ name: 'shell', startState: () => ({ quote: undefined }), token }))
