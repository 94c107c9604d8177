import { answerOf, http } from '@/api/client'
import type { Page } from '@/api/types'
import type { Carrier, Order, OrderCounts, OrderStatus, Parcel, TrackingEvent } from './types'

export interface WantedOrders {
  status: OrderStatus[] | undefined
  q: string
  group: string | undefined
  flashSale: string | undefined
  /** What is to be shipped, the order that waits longest first. With `q`, `group` or `flashSale` always newest first. */
  waiting: boolean
}

export function listOrders({ status, q, group, flashSale, waiting }: WantedOrders, cursor?: string): Promise<Page<Order>> {
  const query = { status, q: q || undefined, group_id: group, flash_sale_id: flashSale, sort: waiting ? ('waiting' as const) : undefined, cursor }
  return answerOf(http.GET('/api/v1/trade/console/orders', { params: { query } }))
}

export const fetchOrderCounts = (): Promise<OrderCounts> => answerOf(http.GET('/api/v1/trade/console/orders/counts'))

export const fetchOrder = (id: string): Promise<Order> =>
  answerOf(http.GET('/api/v1/trade/console/orders/{order_id}', { params: { path: { order_id: id } } }))

export async function fetchCarriers(): Promise<Carrier[]> {
  return (await answerOf(http.GET('/api/v1/fulfilment/carriers'))).items
}

/** A parcel's label. `together`: other orders go with the same number, on purpose. */
export interface Label {
  carrier_code: string
  tracking_no: string
  together: boolean
}
const ofOrder = (orderId: string) => ({ path: { order_id: orderId } })
const ofParcel = (parcelId: string) => ({ path: { parcel_id: parcelId } })

export const shipParcel = (orderId: string, body: Label & { lines: Parcel['lines'] }): Promise<Parcel> =>
  answerOf(http.POST('/api/v1/fulfilment/console/orders/{order_id}/ship', { params: ofOrder(orderId), body }))

/** The number that was told is wrong; this is the right one. `swap`: the one parcel that has it gets the wrong one. */
export const correctNumber = (parcelId: string, body: Label & { swap: boolean }): Promise<Parcel> =>
  answerOf(http.POST('/api/v1/fulfilment/console/parcels/{parcel_id}/corrections', { params: ofParcel(parcelId), body }))

/** `at`: when it happened; null is now. */
export const addTrackingEvent = (parcelId: string, body: TrackingEvent): Promise<Parcel> =>
  answerOf(http.POST('/api/v1/fulfilment/console/parcels/{parcel_id}/events', { params: ofParcel(parcelId), body }))

/** The parcels of an order, or null when they cannot be read. */
export async function findParcels(orderId: string): Promise<Parcel[] | null> {
  const call = http.GET('/api/v1/fulfilment/console/orders/{order_id}/parcels', { params: ofOrder(orderId) })
  try {
    return (await answerOf(call, { keepSession: true })).items
  } catch {
    return null
  }
}
