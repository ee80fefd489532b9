/** What finds a place for tooltips is as large as a page: this file is for being got later. */
export { Tooltip } from '@mantine/core'
