/** The places that one can go to: the one list that the navigation, the palette and the shortcuts are made of. */
import {
  IconActivity,
  IconBook,
  IconDatabase,
  IconGitBranch,
  IconHistory,
  IconInfoCircle,
  IconKey,
  IconLayoutDashboard,
  IconList,
  IconLock,
  IconServer,
  IconTerminal2,
  IconTopologyStar3,
} from '@tabler/icons-react'

export type Place = {
  name: string
  path: string
  /** After `g`. */
  key: string
  icon: typeof IconList
  group: 'work' | 'server'
}

export const PLACES: Place[] = [
  { name: 'Overview', path: '/', key: 'o', icon: IconLayoutDashboard, group: 'work' },
  { name: 'Pipelines', path: '/pipelines', key: 'p', icon: IconList, group: 'work' },
  { name: 'Runs', path: '/runs', key: 'r', icon: IconActivity, group: 'work' },
  { name: 'Graph', path: '/graph', key: 'g', icon: IconTopologyStar3, group: 'work' },
  { name: 'Lake', path: '/lake', key: 'l', icon: IconDatabase, group: 'work' },
  { name: 'SQL', path: '/sql', key: 'q', icon: IconTerminal2, group: 'work' },
  { name: 'Deployments', path: '/deployments', key: 'd', icon: IconGitBranch, group: 'work' },
  { name: 'Secrets', path: '/secrets', key: 's', icon: IconLock, group: 'server' },
  { name: 'Tokens', path: '/tokens', key: 't', icon: IconKey, group: 'server' },
  { name: 'Audit', path: '/audit', key: 'u', icon: IconHistory, group: 'server' },
  { name: 'Agents', path: '/agents', key: 'a', icon: IconServer, group: 'server' },
  { name: 'API', path: '/api-docs', key: 'i', icon: IconBook, group: 'server' },
  { name: 'About', path: '/about', key: 'b', icon: IconInfoCircle, group: 'server' },
]
