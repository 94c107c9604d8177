import { putIntoCart } from '@/core/cart'
import type { Order } from '@/core/contract'
import { toast } from '@/core/feedback'
import { asProblem } from '@/core/http'
import { t } from '@/core/i18n'
import { urlOf } from '@/core/nav'

/**
 * Where an order's goods are chosen again: one on its page, several in the cart, which has as many of them again as there are.
 * What cannot be bought any more stays out, and that is said; anything else is a problem of whoever asks.
 */
export async function chooseAgain(order: Order): Promise<string> {
  if (order.lines.length < 2) return urlOf('product', { id: order.product_id })
  let gone = false
  for (const { sku_id, quantity } of order.lines) {
    try {
      await putIntoCart({ sku_id, quantity })
    } catch (e) {
      if (!['trade/sku-not-found', 'trade/sold-out'].includes(asProblem(e).code)) throw e
      gone = true
    }
  }
  if (gone) toast(t('order.someGone'))
  return urlOf('cart')
}
