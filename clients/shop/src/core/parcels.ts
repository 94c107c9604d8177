import type { Order, Parcel } from './contract'

export type Line = Order['lines'][number]

/** Pieces of a line that no parcel has. */
export const leftOf = (line: Line): number => line.quantity - line.sent

const sum = (numbers: number[]): number => numbers.reduce((all, each) => all + each, 0)

/** How many pieces are on their way, and of how many; null unless that is a part of them. */
export function partOf(order: Order): { sent: number; n: number } | null {
  const [sent, n] = [sum(order.lines.map((l) => l.sent)), sum(order.lines.map((l) => l.quantity))]
  return sent > 0 && sent < n ? { sent, n } : null
}

/** What a parcel holds: lines with their pieces. */
export function heldBy(parcel: Parcel, order: Order): { line: Line; quantity: number }[] {
  return parcel.lines.flatMap(({ line: number, quantity }) => {
    const line = order.lines.find((l) => l.line === number)
    return line ? [{ line, quantity }] : []
  })
}
