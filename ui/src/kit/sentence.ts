/** Words that the server begins its messages with, and that are no names: those keep the case that they have. */
const ORDINARY = /^(?:an?|at|aborted|exit|it|killed|no|nothing|pipeline|secret|step|the|there|this|what) /

/** A message of the server, which are all lower case and mark what is quoted as Markdown does, as a sentence of a page. */
export function sentence(message: string): string {
  const said = message.replaceAll(/`([^`]+)`/g, '“$1”')
  return ORDINARY.test(`${said} `) ? said.charAt(0).toUpperCase() + said.slice(1) : said
}
