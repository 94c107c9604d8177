import { computed, reactive, ref, shallowRef } from 'vue'
import { listAddresses } from '@/core/api/accounts'
import { placeOrder, previewOrder } from '@/core/api/orders'
import { getProduct } from '@/core/api/shop'
import { attemptKey, endAttempt } from '@/core/attempt'
import { cartCheckoutUrl, linesOf, linesText } from '@/core/checkout-url'
import { refreshCartCount } from '@/core/cart'
import type { Address, Order, OrderInput, OrderMode, PreviewInput, Product, Quote } from '@/core/contract'
import { useDraft } from '@/core/draft'
import { ask } from '@/core/feedback'
import { yuan } from '@/core/format'
import { ApiProblem, asProblem } from '@/core/http'
import { t } from '@/core/i18n'
import { nowAt } from '@/core/nav'
import { takePicked } from '@/core/pick-address'
import { session } from '@/core/session'
import { seen } from '@/core/typed'
import { useBasket } from './use-basket'

export type CheckoutQuery = { mode?: string; sku?: string; n?: string; product?: string; campaign?: string; group?: string; lines?: string }
const MODES: readonly string[] = ['solo', 'open', 'join'] satisfies OrderMode[]

/** Everything between the chosen SKU and the order: address, quote, submission with one key per attempt. */
export function useCheckout() {
  const asked = shallowRef<CheckoutQuery>({})
  const product = shallowRef<Product | null>(null)
  const address = shallowRef<Address | null>(null)
  const quote = shallowRef<Quote | null>(null)
  const error = shallowRef<unknown>(null)
  const quoteError = shallowRef<unknown>(null)
  const ready = ref(false)
  /** What the shopper typed and chose here; the quantity is in the address of the page. */
  const typed = reactive({ remark: '', address_id: '' })
  const draft = useDraft(typed)
  const mode = computed(() => (asked.value.mode ?? 'solo') as OrderMode)
  const quantity = computed(() => Number(asked.value.n ?? 1))
  /** Several lines, out of the cart; one that was chosen on its product's page otherwise. */
  const fromCart = computed(() => Boolean(asked.value.lines))
  const lines = computed(() => linesOf(asked.value.lines ?? `${asked.value.sku}*${quantity.value}`))
  const sku = computed(() => product.value?.skus.find((s) => s.id === asked.value.sku))

  const basket = useBasket(lines, quote)
  /** The rest is bought without it; it stays in the cart. False: nothing is left to buy. */
  async function leaveOut(skuId: string): Promise<boolean> {
    const rest = lines.value.filter((line) => line.sku_id !== skuId)
    if (!rest.length) return false
    asked.value = { ...asked.value, lines: linesText(rest) }
    nowAt(cartCheckoutUrl(rest))
    draft.move(draftKey())
    await refreshQuote()
    return true
  }

  function wish(): PreviewInput {
    const q = asked.value
    return {
      mode: mode.value,
      ...(fromCart.value ? { lines: lines.value } : { sku_id: q.sku ?? '', quantity: quantity.value }),
      address_id: address.value?.id ?? null,
      ...(mode.value === 'open' ? { campaign_id: q.campaign ?? '' } : {}),
      ...(mode.value === 'join' ? { group_id: q.group ?? '' } : {}),
    }
  }
  let round = 0
  async function refreshQuote(): Promise<void> {
    const mine = ++round
    quoteError.value = null
    try {
      const fresh = await previewOrder(wish())
      if (mine !== round) return
      quote.value = fresh
      basket.learn(fresh.lines)
    } catch (e) {
      if (mine !== round) return
      if (fromCart.value) await basket.ask()
      if (mine !== round) return
      quote.value = null
      quoteError.value = e
    }
  }
  function start(query: CheckoutQuery): void {
    asked.value = query
    begin()
  }
  const draftKey = (): string => `checkout.${asked.value.mode}.${asked.value.lines ?? asked.value.sku}.${asked.value.group ?? ''}`
  let typist: string | undefined
  function begin(): void {
    typist = session.user?.id
    draft.start(draftKey())
  }
  /** The product and the account's addresses; the chosen one stays, as it is now, while it exists. */
  async function load(): Promise<void> {
    error.value = MODES.includes(mode.value) && lines.value.every(({ quantity: n }) => n > 0 && Number.isInteger(n)) ? null : new ApiProblem('platform/not-found', 404)
    if (error.value) return
    if (typist && typist !== session.user?.id) { // somebody else signed in meanwhile
      draft.rest()
      Object.assign(typed, { remark: '', address_id: '' })
      begin()
    }
    const picked = takePicked()
    try {
      const [p, { items }] = await Promise.all([fromCart.value ? null : (product.value ?? getProduct(asked.value.product ?? '')), listAddresses()])
      product.value = p
      const wanted = picked?.id ?? typed.address_id
      address.value = items.find((a) => a.id === wanted) ?? items.find((a) => a.is_default) ?? items[0] ?? null
      typed.address_id = address.value?.id ?? ''
      ready.value = true
    } catch (e) {
      if (!ready.value) error.value = e
      else if (picked) address.value = picked
    }
    if (ready.value) await refreshQuote() // the price is known before the address is
  }

  /** Place the order; on a changed price ask once and go on with the new amount. */
  async function submit(): Promise<Order | null> {
    const body: OrderInput = { ...wish(), address_id: address.value?.id ?? '', expected_payable_fen: quote.value?.payable_fen, remark: seen(typed.remark), from_cart: fromCart.value }
    try {
      let order = await placeOrder(body, attemptKey(body))
      endAttempt(body)
      if (order.status === 'cancelled') { // its answer got lost, and it was given up since: what is wanted now is another one
        order = await placeOrder(body, attemptKey(body))
        endAttempt(body)
      }
      draft.drop()
      void refreshCartCount()
      return order
    } catch (e) {
      const problem = asProblem(e)
      if (problem.code !== 'trade/price-changed') throw e
      await refreshQuote()
      const price = yuan(quote.value?.payable_fen ?? Number(problem.members.payable_fen ?? 0))
      return (await ask(t('checkout.changed'), t('checkout.changedText', { price }))) ? submit() : null
    }
  }
  const deliverable = computed(() => quote.value?.deliverable !== false)
  return { asked, product, address, quote, error, quoteError, ready, typed, mode, fromCart, sku, quantity, deliverable, basket: basket.shown, leaveOut, start, load, refreshQuote, submit }
}
