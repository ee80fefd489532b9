import { Button, Group } from '@mantine/core'
import { IconArrowLeft, IconDownload } from '@tabler/icons-react'
import { useEffect } from 'react'
import { Link } from 'react-router'
import { Empty } from '~/kit/Empty'
import { Loaded } from '~/kit/Loaded'
import { PageHeader } from '~/kit/PageHeader'
import { SearchField } from '~/kit/SearchField'
import classes from './docs.module.css'
import { ErrorCodes, ErrorPage } from './ErrorPages'
import { Introduction } from './Introduction'
import { usePlace } from './links'
import { type Document, operationsOf } from './model'
import { OperationList } from './OperationList'
import { OperationView } from './OperationView'
import { useDocument } from './useDocument'

/** `?error=list` shows all of the error codes. */
const ALL = 'list'

export function ApiDocsPage() {
  const document = useDocument()
  return (
    <>
      <PageHeader title="API" below="Everything that Polder can do can be asked for." actions={<Download />} />
      <Loaded query={document} lines={8}>
        {(known) => <Pages document={known} />}
      </Loaded>
    </>
  )
}

function Download() {
  return (
    <Button
      component="a"
      href="/api/v1/openapi.json"
      download="polder-openapi.json"
      variant="default"
      leftSection={<IconDownload size={16} aria-hidden />}
    >
      OpenAPI document
    </Button>
  )
}

/** On wide pages list and text are side by side, on narrow ones there is either. */
function Pages({ document }: { document: Document }) {
  const { operation, error } = usePlace()
  const shown = operation || error
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page begins at its top
  useEffect(() => {
    window.scrollTo({ top: 0 })
  }, [shown])
  return (
    <div className={classes.pages}>
      <div className={classes.list} data-beside={shown !== ''}>
        <SearchField label="Search the API" width="100%" />
        <OperationList document={document} />
      </div>
      <div className={classes.page} data-shown={shown !== ''}>
        {shown && <Back />}
        <Page key={shown} document={document} operation={operation} error={error} />
      </div>
    </div>
  )
}

function Back() {
  const { to } = usePlace()
  return (
    <Group hiddenFrom="md" mb="sm">
      <Button
        component={Link}
        to={to({})}
        variant="subtle"
        size="compact-sm"
        leftSection={<IconArrowLeft size={14} aria-hidden />}
      >
        All operations
      </Button>
    </Group>
  )
}

function Page({ document, operation, error }: { document: Document; operation: string; error: string }) {
  if (error) return error === ALL ? <ErrorCodes document={document} /> : <ErrorPage code={error} />
  if (!operation) return <Introduction document={document} />
  const found = operationsOf(document).find((one) => one.id === operation)
  if (found) return <OperationView document={document} operation={found} />
  return (
    <Empty title={`This server has no operation ${operation}`}>
      Another version of it may. Search for it on the left.
    </Empty>
  )
}
