import type { OrderMode } from './contract'
import { urlOf } from './nav'
import type { CartWish } from './cart'

export type CheckoutRequest = { mode: OrderMode; sku_id: string; quantity: number; product_id: string; campaign_id?: string; group_id?: string }
/** The checkout page carries its whole request in the address, so a reload or a sign-in loses nothing. */
export const checkoutUrl = (r: CheckoutRequest): string =>
  urlOf('checkout', { mode: r.mode, sku: r.sku_id, n: r.quantity, product: r.product_id, campaign: r.campaign_id, group: r.group_id })

/** Lines as the address has them. */
export const linesText = (lines: readonly CartWish[]): string => lines.map((line) => `${line.sku_id}*${line.quantity}`).join(',')
/** Of one merchant's lines in the cart. */
export const cartCheckoutUrl = (lines: readonly CartWish[]): string => urlOf('checkout', { mode: 'solo', lines: linesText(lines) })
export const linesOf = (text: string): CartWish[] =>
  text.split(',').map((each) => { const [sku_id = '', n = ''] = each.split('*'); return { sku_id, quantity: Number(n) } })
