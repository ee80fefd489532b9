/**
 * Whether somebody is there. A page that is open asks the server again and again by itself: by a timer, or because something has
 * changed. Only what is asked after somebody has touched the page counts as use of the session, however it came to be asked.
 */

/** What people do, and pages do not. Pointers move by themselves: when what is under them moves. */
const SIGNS = ['pointerdown', 'click', 'keydown', 'input', 'wheel', 'touchmove', 'popstate'] as const

export class Presence {
  private counted = Number.NEGATIVE_INFINITY

  /** `touched`: when somebody was there last; opening a page is a sign, too. */
  constructor(private touched: number) {}

  touch(at: number) {
    this.touched = Math.max(this.touched, at)
  }

  /** A request that was begun then, after somebody was there, has been answered: the session's end is put off. */
  count(begun: number) {
    this.counted = Math.max(this.counted, begun)
  }

  /** Nobody was there since the last request that counted. */
  isAlone(): boolean {
    return this.touched <= this.counted
  }
}

export const presence = new Presence(performance.now())

const touch = () => presence.touch(performance.now())
for (const sign of SIGNS) window.addEventListener(sign, touch, { capture: true, passive: true })
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) touch()
})
