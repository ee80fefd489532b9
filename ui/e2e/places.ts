/** Every page that there is, with something to show on it. */
import type { World } from './seed'

export type Place = { name: string; path: string; heading: RegExp | string }

export const placesOf = ({ succeeded, failed, running, queued, aborted, revision }: World): Place[] => [
  { name: 'overview', path: '/', heading: /./ },
  { name: 'pipelines', path: '/pipelines', heading: 'Pipelines' },
  { name: 'pipeline', path: '/pipelines/lake/water-levels', heading: /water-levels/ },
  ...['history', 'definition', 'revisions'].map((tab) => ({
    name: `pipeline-${tab}`,
    path: `/pipelines/lake/water-levels/${tab}`,
    heading: /water-levels/,
  })),
  { name: 'pipeline-waiting', path: '/pipelines/lake/pumps', heading: /pumps/ },
  { name: 'pipeline-paused', path: '/pipelines/lake/resting', heading: /resting/ },
  { name: 'pipeline-unknown', path: '/pipelines/lake/no-such', heading: /./ },
  { name: 'runs', path: '/runs', heading: 'Runs' },
  { name: 'runs-none', path: '/runs?search=nothing-has-this-name', heading: 'Runs' },
  { name: 'run-succeeded', path: `/runs/${succeeded}`, heading: /./ },
  { name: 'run-failed', path: `/runs/${failed}`, heading: /./ },
  { name: 'run-running', path: `/runs/${running}`, heading: /./ },
  { name: 'run-queued', path: `/runs/${queued}`, heading: /./ },
  { name: 'run-aborted', path: `/runs/${aborted}`, heading: /./ },
  { name: 'graph', path: '/graph', heading: /graph/i },
  { name: 'deployments', path: '/deployments', heading: 'Deployments' },
  { name: 'revision', path: `/deployments/${revision}`, heading: /./ },
  { name: 'secrets', path: '/secrets', heading: 'Secrets' },
  { name: 'tokens', path: '/tokens', heading: 'Tokens' },
  { name: 'audit', path: '/audit', heading: /Audit/ },
  { name: 'agents', path: '/agents', heading: 'Agents' },
  { name: 'api-docs', path: '/api-docs', heading: /API/ },
  { name: 'about', path: '/about', heading: /About/ },
  { name: 'nowhere', path: '/no/such/page', heading: 'Nothing is here' },
]
