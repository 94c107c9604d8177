import { shallowReactive } from 'vue'
import { findShipment } from './api'
import type { Shipment } from './types'

/** Parcels by order id, as last told by the server. */
const known = shallowReactive(new Map<string, Shipment>())

export const shipmentOf = (orderId: string): Shipment | null => known.get(orderId) ?? null

export const keepShipment = (shipment: Shipment): void => void known.set(shipment.order_id, shipment)

export async function loadShipment(orderId: string): Promise<void> {
  const found = await findShipment(orderId)
  if (found) keepShipment(found)
}
