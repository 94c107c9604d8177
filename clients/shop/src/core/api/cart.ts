import type { Cart } from '../contract'
import { call } from '../http'
import { one } from './path'

export const getCart = () => call<Cart>('GET', '/trade/cart')
export const countCart = () => call<{ lines: number }>('GET', '/trade/cart/count')
/** So many units more, once for a key. */
export const addToCart = (body: { sku_id: string; quantity: number }, key: string) => call<Cart>('POST', '/trade/cart/lines', { body, key })
/** So many units instead of those that `version` had. */
export const putCartLine = (skuId: string, body: { quantity: number; version: number }) => call<Cart>('PUT', one('/trade/cart/lines', skuId), { body })
export const removeFromCart = (skuIds: readonly string[]) => call<Cart>('DELETE', '/trade/cart/lines', { query: { sku_id: skuIds } })
