import { answerOf, http } from '@/api/client'
import type { Page } from '@/api/types'
import type { Carrier, Order, OrderCounts, OrderStatus, Shipment, TrackingEvent } from './types'

export interface WantedOrders {
  status: OrderStatus[] | undefined
  q: string
  group: string | undefined
  /** What is to be shipped, the order that waits longest first. With `q` or `group` always newest first. */
  waiting: boolean
}

export function listOrders({ status, q, group, waiting }: WantedOrders, cursor?: string): Promise<Page<Order>> {
  const query = { status, q: q || undefined, group_id: group, sort: waiting ? ('waiting' as const) : undefined, cursor }
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

export const shipOrder = (orderId: string, body: Label): Promise<Shipment> =>
  answerOf(http.POST('/api/v1/fulfilment/console/orders/{order_id}/ship', { params: ofOrder(orderId), body }))

/** The number that was told is wrong; this is the right one. */
export const correctNumber = (orderId: string, body: Label): Promise<Shipment> =>
  answerOf(http.POST('/api/v1/fulfilment/console/shipments/{order_id}/corrections', { params: ofOrder(orderId), body }))

/** `at`: when it happened; null is now. */
export const addTrackingEvent = (orderId: string, body: TrackingEvent): Promise<Shipment> =>
  answerOf(
    http.POST('/api/v1/fulfilment/console/shipments/{order_id}/events', {
      params: { path: { order_id: orderId } },
      body,
    }),
  )

/** The parcel of an order, or null when it cannot be read, such as before it is shipped. */
export async function findShipment(orderId: string): Promise<Shipment | null> {
  const call = http.GET('/api/v1/fulfilment/console/shipments/{order_id}', { params: { path: { order_id: orderId } } })
  try {
    return await answerOf(call, { keepSession: true })
  } catch {
    return null
  }
}
