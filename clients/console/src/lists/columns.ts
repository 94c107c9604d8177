/** A column of a `DataTable`; its cells are the slot of its key. */
export interface Column<T> {
  key: string
  /** Over the column; on a phone, where a row is a card, before each value. */
  label?: string
  /** What the row is called: needs no label on a card. */
  head?: boolean
  /** Figures stand at the right. */
  right?: boolean
  /** Left out where there is no room; cards show it. */
  wide?: boolean
  /** Says nothing outside a table: cards leave it out. */
  tableOnly?: boolean
  class?: string | ((row: T) => string)
}
