import { ActionIcon, CopyButton, Table, Tooltip, VisuallyHidden } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { StepRun } from '~/api/schema'
import { Empty } from '~/kit/Empty'
import classes from './run.module.css'

/** What a step gave on, by name. */
export function Outputs({ step }: { step: StepRun }) {
  const outputs = Object.entries(step.outputs)
  if (outputs.length === 0) {
    return (
      <Empty title="No outputs" command={'echo "rows=42" >> "$POLDER_OUTPUT"'}>
        A step gives values on by writing them to the file that POLDER_OUTPUT names.
      </Empty>
    )
  }
  return (
    <Table aria-label={`Outputs of ${step.name}`} verticalSpacing="xs" layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w="28%">Name</Table.Th>
          <Table.Th>Value</Table.Th>
          <Table.Th w={56}>
            <VisuallyHidden>Copy</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {outputs.map(([name, value]) => (
          <Output key={name} name={name} text={textOf(value)} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))

function Output({ name, text }: { name: string; text: string }) {
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: 'anywhere', verticalAlign: 'top' }}>{name}</Table.Td>
      <Table.Td>
        <pre className={classes.value}>{text}</pre>
      </Table.Td>
      <Table.Td style={{ verticalAlign: 'top' }}>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? 'Copied' : 'Copy'}>
              <ActionIcon variant="subtle" color="gray" aria-label={`Copy ${name}`} onClick={copy}>
                {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </Table.Td>
    </Table.Tr>
  )
}
