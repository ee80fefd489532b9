import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { Failure } from '~/kit/Failure'
import { type Asked, askForFile } from './ask'

/** All rows as a file, which the server computes anew. */
export function Download({ asked, all }: { asked: Asked; all: boolean }) {
  const going = useRef<AbortController>(undefined)
  useEffect(() => () => going.current?.abort(), [])
  const file = useMutation({
    mutationFn: () => {
      going.current = new AbortController()
      return askForFile(asked, going.current.signal)
    },
    onSuccess: save,
  })
  if (file.isError && !going.current?.signal.aborted) {
    return <Failure error={file.error} retry={() => file.mutate()} />
  }
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconDownload size={14} aria-hidden />}
      onClick={() => (file.isPending ? going.current?.abort() : file.mutate())}
    >
      {file.isPending ? 'Cancel the download' : all ? 'Download all rows as CSV' : 'Download as CSV'}
    </Button>
  )
}

function save(file: Blob) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = 'query.csv'
  link.click()
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
