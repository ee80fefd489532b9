import { createTheme, type MantineColorsTuple } from '@mantine/core'

/** The water beside the land: the one colour that is Polder's own. States of runs have theirs in `kit/status.ts`. */
const water: MantineColorsTuple = [
  '#e6f7f7',
  '#d3ecec',
  '#a8d8d8',
  '#79c3c4',
  '#52b1b3',
  '#38a5a8',
  '#1f8f93',
  '#0b7a80',
  '#0b6e75',
  '#005f66',
]

/** The element that whatever opens on top of a page is put into. */
export const OVER = 'over'

/** A list that scrolls by itself is one that a keyboard reaches; the library's own bars put it into what none does. */
const scrollsByItself = {
  defaultProps: { withScrollArea: false },
  styles: { options: { maxHeight: 240, overflowY: 'auto' } },
} as const

export const theme = createTheme({
  primaryColor: 'water',
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  luminanceThreshold: 0.36,
  colors: { water },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, "Cascadia Mono", Menlo, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: '650' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Select: scrollsByItself,
    Autocomplete: scrollsByItself,
    MultiSelect: scrollsByItself,
    TagsInput: scrollsByItself,
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    // What opens on top of a page is a part of it: it stands where those who go from landmark to landmark come by.
    Portal: { defaultProps: { target: `#${OVER}` } },
    // A dialog's head is no head of the page.
    ModalHeader: { defaultProps: { role: 'none' } },
    // Its stand-in for a focus is nothing that a menu may have in it.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    ModalTitle: { defaultProps: { fw: 650 } },
  },
})
