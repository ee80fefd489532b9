/** What to do about a run that did not succeed, in a sentence; the page of the code says more. */
import type { Code } from '~/api/schema'
import { hasEnded } from '~/kit/status'

const HINTS: Partial<Record<Code, string>> = {
  STEP_FAILED:
    'The end of its log says why. Mend that, then run again from what failed: what waits for it follows by itself.',
  TIMED_OUT: 'It took longer than its timeout allows. Look where its log ends; give it more time if it needs that.',
  AGENT_LOST: 'How far it came is not known. See whether its agent is alive, then run again from what failed.',
  BAD_OUTPUT:
    'What it wrote to $POLDER_OUTPUT cannot be read. Mend that, deploy, and run again with the newest revision.',
  CANNOT_START: 'Its command could not be started. See whether the program is there and may be executed.',
  CHILD_FAILED: 'The pipeline that it started did not succeed: open that run, and mend it there.',
  HTTP_FAILED:
    'The request was not answered as expected. See whether the other side works, then run again from what failed.',
  TEMPLATE_FAILED:
    'A {{ … }} in its definition has no value. Mend that, deploy, and run again with the newest revision.',
  UNKNOWN_SECRET: 'Set the secret, then run again from what failed.',
  MASTER_KEY: 'The secret cannot be opened. Bring back the master key, or set the secret anew.',
  SQL_FAILED:
    'The end of its log says which statement failed, and why. Mend that, deploy, and run again with the newest revision.',
  TESTS_FAILED:
    'The tests below found rows that must not be there. If the data was wrong, have its source mended and run again: from what failed if that step brings it in itself, else from the start; if the model or the test was, mend that, deploy, and run again from what failed.',
  ABORTED: 'What was done until then stays done. Run it again if it is still wanted.',
}

const NOT_BEGUN = 'It had not begun, and nothing of it was done. Run it again if it is still wanted.'

/** What has come of it since. */
export type Fate = 'open' | 'again' | 'mended'

const SINCE: Record<Exclude<Fate, 'open'>, string> = {
  again: 'It runs again now.',
  mended: 'It was run again since, and has succeeded.',
}

/** What was mended needs no advice any more. */
export function adviceOf(code: Code, fate: Fate, began: boolean): string | undefined {
  if (fate !== 'open') return SINCE[fate]
  return code === 'ABORTED' && !began ? NOT_BEGUN : HINTS[code]
}

/** Of the runs that repeat one. */
export function fateOf(repeats: { status: string }[]): Fate {
  if (repeats.some(({ status }) => status === 'SUCCEEDED')) return 'mended'
  return repeats.some(({ status }) => !hasEnded(status)) ? 'again' : 'open'
}

/** From where it is likely to help: rows that a test found are loaded by what came before it. */
export function fromWhere(code: Code | undefined): 'failed' | 'start' {
  return code === 'TESTS_FAILED' ? 'start' : 'failed'
}
