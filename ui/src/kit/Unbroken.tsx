const DATES = /(\d{4}-\d{2}-\d{2})/

/** Text whose dates stay whole: a line may end at a hyphen, and `2013-02-` is no date. */
export function Unbroken({ text }: { text: string }) {
  return text.split(DATES).map((part, place) =>
    DATES.test(part) ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the place in the text is what a part is known by
      <span key={place} style={{ whiteSpace: 'nowrap' }}>
        {part}
      </span>
    ) : (
      part
    ),
  )
}
