import { Button, CopyButton, Group, Modal, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { get } from '~/api/queries'
import type { NumberedLine } from '~/api/schema'
import { Loaded } from '~/kit/Loaded'
import { bytes, count } from '~/kit/units'
import type { Attempt } from './address'
import { plain } from './ansi'
import classes from './log.module.css'

/** Pieces of 64 KiB, of which a line may have many. */
const BEFORE = 16
const PAGE = 32
const MOST = 2_000_000

/** A line that was too long for the log, with the pieces before and behind it. */
export function WholeLine({ attempt, line, onClose }: { attempt: Attempt; line: number; onClose: () => void }) {
  const query = useQuery({
    queryKey: ['whole line', attempt, line],
    queryFn: ({ signal }) => wholeLine(attempt, line, signal),
  })
  return (
    <Modal opened onClose={onClose} size="80%" title={`Line ${count(line + 1)}, whole`}>
      <Loaded query={query}>{(text) => <Whole text={text} />}</Loaded>
    </Modal>
  )
}

function Whole({ text }: { text: string }) {
  return (
    <>
      <Group justify="space-between" mb="xs">
        <Text size="sm" c="var(--polder-muted)">
          {bytes(new Blob([text]).size)}
          {text.length > MOST && `, of which the first ${count(MOST)} characters are shown`}
        </Text>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached with the keyboard */}
      <pre className={classes.whole} tabIndex={0}>
        {text.slice(0, MOST)}
      </pre>
    </>
  )
}

async function wholeLine({ run, step, epoch }: Attempt, line: number, signal: AbortSignal): Promise<string> {
  const read = async (from: number, limit: number) => {
    const query = { step, epoch, from: String(from), limit }
    return (await get('/api/v1/runs/{id}/logs', { path: { id: run }, query }, signal)).items
  }
  const begins = line === 0 ? [] : await read(Math.max(0, line - BEFORE), Math.min(line, BEFORE))
  const pieces = begins
    .slice(begins.findLastIndex((piece) => !piece.continued) + 1)
    .filter((piece) => piece.line < line)
  let more: NumberedLine[] = []
  do {
    more = await read((pieces.at(-1)?.line ?? line - 1) + 1, PAGE)
    const end = more.findIndex((piece) => !piece.continued)
    pieces.push(...(end < 0 ? more : more.slice(0, end + 1)))
    if (end >= 0) break
  } while (more.length > 0 && pieces.length < 1_000)
  return plain(pieces.map((piece) => piece.text).join(''))
}
