import { Menu } from '@mantine/core'
import { type ComponentProps, cloneElement, useEffect, useRef, useState } from 'react'
import type { MenuProps } from './LaterMenu'

type Props = Pick<ComponentProps<typeof Menu>, 'position' | 'width' | 'children'> & MenuProps

/** A menu that opens as soon as it is there. Its button has the focus first: it goes back there when the menu closes. */
export function OpenMenu({ button, children, ...props }: Props) {
  const [opened, setOpened] = useState(false)
  const target = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    target.current?.focus()
    setOpened(true)
  }, [])
  return (
    <Menu opened={opened} onChange={setOpened} {...props}>
      <Menu.Target>{cloneElement(button, { ref: target })}</Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  )
}
