import { answerOf, http } from './client'
import type { Carrier, Shipment, ShipmentEventCode } from './types'

export async function fetchCarriers(): Promise<Carrier[]> {
  return (await answerOf(http.GET('/api/v1/fulfilment/carriers'))).items
}

export const shipOrder = (orderId: string, carrierCode: string, trackingNo: string): Promise<Shipment> =>
  answerOf(
    http.POST('/api/v1/fulfilment/console/orders/{order_id}/ship', {
      params: { path: { order_id: orderId } },
      body: { carrier_code: carrierCode, tracking_no: trackingNo },
    }),
  )

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
