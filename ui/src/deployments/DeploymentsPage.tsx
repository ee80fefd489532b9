import { Box, Grid } from '@mantine/core'
import { useGet, usePages } from '~/api/queries'
import { Empty } from '~/kit/Empty'
import { useEnvironment } from '~/kit/Links'
import { Loaded } from '~/kit/Loaded'
import { PageHeader } from '~/kit/PageHeader'
import { SearchField } from '~/kit/SearchField'
import { useUrl } from '~/kit/useUrl'
import { Projects } from './Projects'
import { RevisionTable } from './RevisionTable'

/** What was deployed, when, and by whom. */
export function DeploymentsPage() {
  return (
    <>
      <PageHeader title="Deployments" below="Projects, and the revisions that deploying them made." />
      <Box mb="lg">
        <SearchField label="Search revisions" />
      </Box>
      <Grid gap="xl">
        <Grid.Col span={{ base: 12, md: 3 }}>
          <ProjectList />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 9 }}>
          <Revisions />
        </Grid.Col>
      </Grid>
    </>
  )
}

function ProjectList() {
  const environment = useEnvironment()
  const query = useGet('/api/v1/projects')
  return (
    <Loaded query={query}>
      {({ items }) => <Projects projects={items.filter((project) => project.environment === environment)} />}
    </Loaded>
  )
}

function Revisions() {
  const environment = useEnvironment()
  const [search] = useUrl('search')
  const [named] = useUrl('project')
  const [team, project] = named.split('/')
  const of = named ? { team, project } : {}
  const pages = usePages('/api/v1/revisions', {
    params: { query: { environment, ...of, ...(search ? { search } : {}) } },
  })
  return (
    <Loaded query={pages} lines={8}>
      {() =>
        pages.items.length === 0 && !pages.hasNextPage ? (
          <Nothing search={search} />
        ) : (
          <RevisionTable
            revisions={pages.items}
            ofOne={named !== ''}
            busy={pages.isFetchingNextPage}
            {...(pages.hasNextPage ? { onEnd: () => pages.fetchNextPage() } : {})}
          />
        )
      }
    </Loaded>
  )
}

function Nothing({ search }: { search: string }) {
  if (search) return <Empty title={`No revision has “${search}” in its project, note, source or author.`} />
  return (
    <Empty title="Nothing is deployed here yet." command="polder deploy">
      In the folder of a project, one command deploys it:
    </Empty>
  )
}
