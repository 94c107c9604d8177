import type { AnswerOf, ItemOf, Schemas } from '@/api/types'

export type Order = AnswerOf<'/api/v1/trade/console/orders/{order_id}'>
export type OrderStatus = Order['status']
export type OrderCounts = AnswerOf<'/api/v1/trade/console/orders/counts'>
export type Carrier = ItemOf<'/api/v1/fulfilment/carriers'>
export type Shipment = AnswerOf<'/api/v1/fulfilment/console/shipments/{order_id}'>
/** What is told of a parcel. */
export type TrackingEvent = Required<Schemas['ShipmentEventInput']>
export type ShipmentEventCode = Schemas['ShipmentEventInput']['code']
