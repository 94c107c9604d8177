import type { Inbox, Order, OrderCounts, OrderInput, OrderStatus, Page, Parcel, Payment, PreviewInput, Quote, SubscriptionTemplate, SyncedOrder } from '../contract'
import { call } from '../http'
import { PAGE_SIZE } from '../paging'
import { one } from './path'

export const previewOrder = (input: PreviewInput) => call<Quote>('POST', '/trade/orders/preview', { body: input })
export const placeOrder = (input: OrderInput, key: string) => call<Order>('POST', '/trade/orders', { body: input, key })
/** Newest first; no status means all. */
export const listOrders = (status: readonly OrderStatus[], cursor: string | null) =>
  call<Page<Order>>('GET', '/trade/orders', { query: { status, cursor, limit: PAGE_SIZE } })
export const countOrders = () => call<OrderCounts>('GET', '/trade/orders/counts')
export const getOrder = (id: string) => call<Order>('GET', one('/trade/orders', id))
/** Waits up to 25 s at the server while the order is to be paid. */
export const waitOrder = (id: string) => call<Order>('GET', one('/trade/orders', id), { query: { wait: 25 }, timeout: 40000, once: true })
export const payOrder = (id: string, body: { channel: 'wechat_h5' | 'wechat_jsapi'; return_url?: string }, key: string) =>
  call<Payment>('POST', one('/trade/orders', id) + '/pay', { body, key })
export const syncOrder = (id: string) => call<SyncedOrder>('POST', one('/trade/orders', id) + '/sync')
export const cancelOrder = (id: string) => call<Order>('POST', one('/trade/orders', id) + '/cancel')
export const confirmReceipt = (id: string) => call<Order>('POST', one('/trade/orders', id) + '/confirm-receipt')
/** In the order in which they went. */
export const listParcels = async (orderId: string) => (await call<{ items: Parcel[] }>('GET', one('/fulfilment/orders', orderId) + '/parcels')).items
export const listInbox = (cursor: string | null) => call<Inbox>('GET', '/messaging/inbox', { query: { cursor, limit: PAGE_SIZE } })
export const readInbox = () => call<void>('POST', '/messaging/inbox/read')
export const listTemplates = () => call<{ items: SubscriptionTemplate[] }>('GET', '/messaging/subscription-templates')
export const subscribe = (accepted: string[]) => call<void>('POST', '/messaging/subscriptions', { body: { accepted } })
