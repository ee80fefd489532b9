/** Every page of the interface, each loaded when somebody goes there. */
import { createBrowserRouter } from 'react-router'
import { Broken, NotFound } from './shell/Lost'
import { Root } from './shell/Root'

export const router = createBrowserRouter([
  {
    element: <Root />,
    errorElement: <Broken />,
    HydrateFallback: () => null,
    children: [
      { index: true, lazy: async () => ({ Component: (await import('./overview/OverviewPage')).OverviewPage }) },
      {
        path: 'pipelines',
        lazy: async () => ({ Component: (await import('./pipelines/PipelinesPage')).PipelinesPage }),
      },
      {
        path: 'pipelines/:team/:name/:tab?',
        lazy: async () => ({ Component: (await import('./pipeline/PipelinePage')).PipelinePage }),
      },
      { path: 'runs', lazy: async () => ({ Component: (await import('./runs/RunsPage')).RunsPage }) },
      { path: 'runs/:id', lazy: async () => ({ Component: (await import('./run/RunPage')).RunPage }) },
      { path: 'graph', lazy: async () => ({ Component: (await import('./graph/GraphPage')).GraphPage }) },
      {
        path: 'deployments',
        lazy: async () => ({ Component: (await import('./deployments/DeploymentsPage')).DeploymentsPage }),
      },
      {
        path: 'deployments/:id',
        lazy: async () => ({ Component: (await import('./deployments/RevisionPage')).RevisionPage }),
      },
      { path: 'secrets', lazy: async () => ({ Component: (await import('./secrets/SecretsPage')).SecretsPage }) },
      { path: 'tokens', lazy: async () => ({ Component: (await import('./tokens/TokensPage')).TokensPage }) },
      { path: 'audit', lazy: async () => ({ Component: (await import('./audit/AuditPage')).AuditPage }) },
      { path: 'agents', lazy: async () => ({ Component: (await import('./agents/AgentsPage')).AgentsPage }) },
      { path: 'api-docs', lazy: async () => ({ Component: (await import('./docs/ApiDocsPage')).ApiDocsPage }) },
      { path: 'about', lazy: async () => ({ Component: (await import('./about/AboutPage')).AboutPage }) },
      { path: '*', element: <NotFound /> },
    ],
  },
])
