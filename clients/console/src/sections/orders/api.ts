import { answerOf, http } from '@/api/client'
import type { Page } from '@/api/types'
import type { Carrier, Order, OrderCounts, OrderStatus, Shipment, ShipmentEventCode } from './types'

/** `waiting`: what is to be shipped, the order that waits longest first. With `q` always newest first, and no sort. */
export function listOrders(status: OrderStatus[] | undefined, q: string, waiting: boolean, cursor?: string): Promise<Page<Order>> {
  const sort = waiting ? ('waiting' as const) : undefined
  return answerOf(http.GET('/api/v1/trade/console/orders', { params: { query: { status, q: q || undefined, sort, cursor } } }))
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

export const addTrackingEvent = (orderId: string, code: ShipmentEventCode, text: string): Promise<Shipment> =>
  answerOf(
    http.POST('/api/v1/fulfilment/console/shipments/{order_id}/events', {
      params: { path: { order_id: orderId } },
      body: { code, text },
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
