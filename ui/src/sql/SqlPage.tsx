import { Stack } from '@mantine/core'
import { useEffect, useMemo, useRef } from 'react'
import { useLocation } from 'react-router'
import { useEnvironment } from '~/kit/Links'
import { PageHeader } from '~/kit/PageHeader'
import { useUrl } from '~/kit/useUrl'
import { Bar } from './Bar'
import { Branch } from './Branch'
import { Editor } from './Editor'
import { spanOf } from './mistake'
import { Outcome } from './Outcome'
import classes from './sql.module.css'
import { useAsking } from './useAsking'
import { useNames } from './useNames'
import { useText } from './useText'

/** What of a branch one sees first. */
const TABLES = `SELECT table_schema, table_name
FROM information_schema.tables
WHERE table_schema NOT IN ('information_schema', 'polder')`

/** Ask anything of the tables of an environment, or of what a run had written before it failed. */
export function SqlPage() {
  const environment = useEnvironment()
  const [branch] = useUrl('branch')
  return <Asking key={`${environment} ${branch}`} environment={environment} branch={branch} />
}

function Asking({ environment, branch }: { environment: string; branch: string }) {
  const [rows] = useUrl('rows', '10000')
  const { text, write, asked } = useText(branch ? TABLES : '', branch === '')
  const { asking, start, callOff, refuse } = useAsking()
  const names = useNames(environment, branch)
  const run = (sql: string) => {
    if (sql.trim() === '') return refuse()
    asked(sql)
    void start({ sql, environment, branch, rows: Number(rows) || undefined })
  }
  useAtOnce(() => run(text))
  const failed = asking.state === 'failed' && asking.asked.sql === text ? asking.error : undefined
  const mistake = useMemo(() => (failed ? spanOf(text, failed) : undefined), [text, failed])
  return (
    <>
      <PageHeader title="SQL" below={<About environment={environment} branch={branch} />} />
      <Stack gap="sm">
        {branch && <Branch id={branch} environment={environment} />}
        <div className={classes.frame}>
          <Editor text={text} names={names} mistake={mistake} onChange={write} onRun={run} />
          <Bar asking={asking} onRun={() => run(text)} onCallOff={callOff} />
        </div>
        <Outcome asking={asking} />
      </Stack>
    </>
  )
}

/** A link of our own may ask at once; one that somebody was sent does not, nor does loading the page again. */
function useAtOnce(run: () => void) {
  const { state } = useLocation()
  const wanted = useRef((state as { run?: boolean } | null)?.run === true)
  useEffect(() => {
    if (!wanted.current) return
    wanted.current = false
    window.history.replaceState({ ...window.history.state, usr: null }, '')
    run()
  })
}

function About({ environment, branch }: { environment: string; branch: string }) {
  if (branch) return null
  return <>Of {environment}, all tables as they are at one moment. Only queries: what changes tables are steps.</>
}
