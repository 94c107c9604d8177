import type { AnswerOf, ItemOf, Schemas } from '@/api/types'

export type Order = AnswerOf<'/api/v1/trade/console/orders/{order_id}'>
export type OrderStatus = Order['status']
export type OrderCounts = AnswerOf<'/api/v1/trade/console/orders/counts'>
export type Carrier = ItemOf<'/api/v1/fulfilment/carriers'>
export type Parcel = ItemOf<'/api/v1/fulfilment/console/orders/{order_id}/parcels'>
/** What is told of a parcel. */
export type TrackingEvent = Required<Schemas['ParcelEventInput']>
export type ParcelEventCode = Schemas['ParcelEventInput']['code']
