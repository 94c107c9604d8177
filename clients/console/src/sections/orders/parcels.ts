import { shallowReactive } from 'vue'
import { findParcels } from './api'
import type { Order, Parcel } from './types'

/** Parcels by order id, in the order in which they went, as last told by the server. */
const known = shallowReactive(new Map<string, Parcel[]>())

export const parcelsOf = (orderId: string): Parcel[] => known.get(orderId) ?? []

/** The parcel as it is now, among the others of its order. */
export function keepParcel(parcel: Parcel): void {
  const others = parcelsOf(parcel.order_id).filter((each) => each.id !== parcel.id)
  known.set(parcel.order_id, [...others, parcel].sort((a, b) => a.nth - b.nth))
}

export async function loadParcels(orderId: string): Promise<void> {
  const found = await findParcels(orderId)
  if (found) known.set(orderId, found)
}

export type Line = Order['lines'][number]

/** Pieces of a line that no parcel has. */
export const leftOf = (line: Line): number => line.quantity - line.sent

const sum = (numbers: number[]): number => numbers.reduce((all, each) => all + each, 0)

export const sentOf = (order: Order): number => sum(order.lines.map((line) => line.sent))

export const piecesIn = (parcels: Parcel[]): number => sum(parcels.flatMap((parcel) => parcel.lines.map((line) => line.quantity)))

/** How many pieces of an order are sent, and of how many; null unless that is a part of them. */
export function partOf(order: Order): { sent: number; pieces: number } | null {
  const [sent, pieces] = [sentOf(order), sum(order.lines.map((line) => line.quantity))]
  return sent > 0 && sent < pieces ? { sent, pieces } : null
}

export type Packed = Record<number, number | null>

/** Pieces by line, all that are left: most orders go in one parcel. */
export const allOf = (order: Order | null): Packed =>
  Object.fromEntries((order?.lines ?? []).filter((line) => leftOf(line) > 0).map((line) => [line.line, leftOf(line)]))

/** What was chosen, with fewer pieces only where fewer are left; `cut`: where that is. */
export function fitted(chosen: Packed, order: Order): { packed: Packed; cut: { line: Line; wanted: number; left: number }[] } {
  const wanted = order.lines.map((line) => ({ line, wanted: chosen[line.line] ?? 0, left: leftOf(line) }))
  return {
    packed: Object.fromEntries(wanted.filter(({ left }) => left > 0).map(({ line, wanted: want, left }) => [line.line, Math.min(want, left)])),
    cut: wanted.filter(({ wanted: want, left }) => want > left),
  }
}

/** What a parcel holds: lines with their pieces. */
export function heldBy(parcel: Parcel, order: Order): { line: Line; quantity: number }[] {
  return parcel.lines.flatMap(({ line: number, quantity }) => {
    const line = order.lines.find((each) => each.line === number)
    return line ? [{ line, quantity }] : []
  })
}
