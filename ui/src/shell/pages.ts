/** The pages, each in a file of its own for the browser; but for the overview, which most people see first: see `routes.tsx`. */

export const pages = {
  pipelines: async () => ({ Component: (await import('~/pipelines/PipelinesPage')).PipelinesPage }),
  pipeline: async () => ({ Component: (await import('~/pipeline/PipelinePage')).PipelinePage }),
  runs: async () => ({ Component: (await import('~/runs/RunsPage')).RunsPage }),
  run: async () => ({ Component: (await import('~/run/RunPage')).RunPage }),
  graph: async () => ({ Component: (await import('~/graph/GraphPage')).GraphPage }),
  lake: async () => ({ Component: (await import('~/lake/LakePage')).LakePage }),
  table: async () => ({ Component: (await import('~/lake/TablePage')).TablePage }),
  publishes: async () => ({ Component: (await import('~/lake/PublishesPage')).PublishesPage }),
  branches: async () => ({ Component: (await import('~/lake/BranchesPage')).BranchesPage }),
  publish: async () => ({ Component: (await import('~/lake/PublishPage')).PublishPage }),
  sql: async () => ({ Component: (await import('~/sql/SqlPage')).SqlPage }),
  deployments: async () => ({ Component: (await import('~/deployments/DeploymentsPage')).DeploymentsPage }),
  revision: async () => ({ Component: (await import('~/deployments/RevisionPage')).RevisionPage }),
  secrets: async () => ({ Component: (await import('~/secrets/SecretsPage')).SecretsPage }),
  tokens: async () => ({ Component: (await import('~/tokens/TokensPage')).TokensPage }),
  audit: async () => ({ Component: (await import('~/audit/AuditPage')).AuditPage }),
  agents: async () => ({ Component: (await import('~/agents/AgentsPage')).AgentsPage }),
  apiDocs: async () => ({ Component: (await import('~/docs/ApiDocsPage')).ApiDocsPage }),
  about: async () => ({ Component: (await import('~/about/AboutPage')).AboutPage }),
}

/** What is opened on top of a page, whichever it is. */
const parts = [
  () => import('~/kit/tooltip'),
  () => import('./UserItems'),
  () => import('./EnvironmentItems'),
  () => import('~/session/SignInAgain'),
]

/** After the first page has come to rest; in milliseconds. */
const REST = 4_000

/** Does it when the browser has nothing else to do, or after a second; the answer calls it off. */
export function whenIdle(then: () => void): () => void {
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(then, 1_000)
    return () => clearTimeout(timer)
  }
  const idle = requestIdleCallback(then, { timeout: 1_000 })
  return () => cancelIdleCallback(idle)
}

/** Gets the other pages when there is nothing else to do, so that going there neither waits nor needs the server to answer. */
export function getAllPages(): () => void {
  const timer = setTimeout(() => void inTurn([...parts, ...Object.values(pages)]), REST)
  return () => clearTimeout(timer)
}

async function inTurn(loads: (() => Promise<unknown>)[]) {
  for (const load of loads) {
    // Whoever goes to a page that did not come is told there.
    await load().catch(() => {})
  }
}
