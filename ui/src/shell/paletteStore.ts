/** Whether the palette is open, and which of its lines Enter would take. */
import { createSpotlight } from '@mantine/spotlight'

export const [store, palette] = createSpotlight()

/** The field that one types into. */
export const PALETTE_FIELD = 'polder-palette'

/** Has Enter take the first line: the library does so when somebody types, not when the server answers later. */
export function takeFirst() {
  const field = document.getElementById(PALETTE_FIELD)
  if (!field) return
  for (const chosen of document.querySelectorAll('[data-selected][role="option"], [data-action][data-selected]')) {
    chosen.removeAttribute('data-selected')
  }
  store.updateState((state) => ({ ...state, selected: -1 }))
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', code: 'ArrowDown', bubbles: true }))
}
