/** What can be done, in the server's words and in ours. A newer server may know more. */
const WORDS: Record<string, string> = {
  'job.register': 'registered the job',
  'lake.rollback': 'rolled back the',
  'pipeline.pause': 'paused',
  'pipeline.resume': 'resumed',
  'project.deploy': 'deployed',
  'project.rollback': 'rolled back',
  'run.abort': 'aborted a run of',
  'run.rerun': 're-ran',
  'run.start': 'started',
  'run.webhook': 'started by webhook',
  'secret.delete': 'deleted the secret',
  'secret.rotate_key': 'changed the',
  'secret.set': 'set the secret',
  'server.backup': 'saved the',
  'session.end': 'signed out',
  'session.start': 'signed in',
  'token.create': 'created the token',
  'token.revoke': 'revoked the token',
}

export const ACTIONS = Object.keys(WORDS)

/** `set the secret`; an action that is not known is said as it is. */
export const saying = (action: string) => WORDS[action] ?? action
