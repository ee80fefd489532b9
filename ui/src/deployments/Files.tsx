import { Grid, Text } from '@mantine/core'
import { Link, useSearchParams } from 'react-router'
import type { ProjectFile } from '~/api/schema'
import { Loaded } from '~/kit/Loaded'
import { bytes, counted } from '~/kit/units'
import { useUrl } from '~/kit/useUrl'
import { FileText } from './FileText'
import classes from './files.module.css'
import { byFolder, firstShown } from './tree'
import { useRevisionFiles } from './useRevisions'

/** All files of a revision; the one that is shown stands in the address. */
export function Files({ id }: { id: string }) {
  const files = useRevisionFiles(id)
  return (
    <Loaded query={files} lines={8}>
      {(known) => <Known files={known.files} />}
    </Loaded>
  )
}

function Known({ files }: { files: ProjectFile[] }) {
  const [path] = useUrl('file')
  const shown = files.find((file) => file.path === path) ?? firstShown(files)
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 3 }}>
        <List files={files} shown={shown?.path} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 9 }}>{shown && <FileText key={shown.sha256} file={shown} />}</Grid.Col>
    </Grid>
  )
}

function List({ files, shown }: { files: ProjectFile[]; shown: string | undefined }) {
  return (
    <nav aria-label="Files">
      <Text size="sm" c="var(--polder-muted)" mb="xs">
        {counted(files.length, 'file')}
      </Text>
      <div className={classes.list}>
        {byFolder(files).map(([folder, inside]) => (
          <div key={folder}>
            {folder && <div className={classes.folder}>{folder}/</div>}
            <ul>
              {inside.map((file) => (
                <Entry key={file.path} file={file} folder={folder} current={file.path === shown} />
              ))}
            </ul>
          </div>
        ))}
      </div>
    </nav>
  )
}

function Entry({ file, folder, current }: { file: ProjectFile; folder: string; current: boolean }) {
  const [params] = useSearchParams()
  const next = new URLSearchParams(params)
  next.set('file', file.path)
  return (
    <li>
      <Link
        to={`?${next}`}
        replace
        preventScrollReset
        className={classes.file}
        aria-current={current ? 'true' : undefined}
        data-nested={folder !== ''}
        title={`${file.path}, ${bytes(file.size)}`}
      >
        {folder ? file.path.slice(folder.length + 1) : file.path}
      </Link>
    </li>
  )
}
