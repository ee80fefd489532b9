/** Words that the server begins its messages with, and that are no names: those keep the case that they have. */
const ORDINARY = /^(?:an?|at|aborted|exit|it|killed|no|nothing|pipeline|secret|step|the|there|this|what) /

/** A message of the server, which are all lower case, as a sentence of a page. */
export function sentence(message: string): string {
  return ORDINARY.test(`${message} `) ? message.charAt(0).toUpperCase() + message.slice(1) : message
}
