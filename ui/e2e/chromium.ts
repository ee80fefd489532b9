/** Debian's, unless something else is said. */
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
