/** Every page of the interface, each loaded when somebody goes there. */
import { createBrowserRouter } from 'react-router'
import { OverviewPage } from './overview/OverviewPage'
import { Broken, NotFound } from './shell/Lost'
import { pages } from './shell/pages'
import { Root } from './shell/Root'

/** A page that breaks does so inside the shell: where to go else, and whether the server answers, stay in sight. */
export const router = createBrowserRouter([
  {
    element: <Root />,
    errorElement: <Broken />,
    HydrateFallback: () => null,
    children: [
      {
        errorElement: <Broken />,
        children: [
          { index: true, Component: OverviewPage },
          { path: 'pipelines', lazy: pages.pipelines },
          { path: 'pipelines/:team/:name/:tab?', lazy: pages.pipeline },
          { path: 'runs', lazy: pages.runs },
          { path: 'runs/:id', lazy: pages.run },
          { path: 'graph', lazy: pages.graph },
          { path: 'lake', lazy: pages.lake },
          { path: 'lake/tables/:name', lazy: pages.table },
          { path: 'lake/publishes', lazy: pages.publishes },
          { path: 'lake/publishes/:id', lazy: pages.publish },
          { path: 'lake/branches', lazy: pages.branches },
          { path: 'sql', lazy: pages.sql },
          { path: 'deployments', lazy: pages.deployments },
          { path: 'deployments/:id', lazy: pages.revision },
          { path: 'secrets', lazy: pages.secrets },
          { path: 'tokens', lazy: pages.tokens },
          { path: 'audit', lazy: pages.audit },
          { path: 'agents', lazy: pages.agents },
          { path: 'api-docs', lazy: pages.apiDocs },
          { path: 'about', lazy: pages.about },
          { path: '*', element: <NotFound /> },
        ],
      },
    ],
  },
])
