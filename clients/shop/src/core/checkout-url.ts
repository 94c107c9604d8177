import type { OrderMode } from './contract'
import { urlOf } from './nav'

export type CheckoutRequest = { mode: OrderMode; sku_id: string; quantity: number; product_id: string; campaign_id?: string; group_id?: string }
/** The checkout page carries its whole request in the address, so a reload or a sign-in loses nothing. */
export const checkoutUrl = (r: CheckoutRequest): string =>
  urlOf('checkout', { mode: r.mode, sku: r.sku_id, n: r.quantity, product: r.product_id, campaign: r.campaign_id, group: r.group_id })
