import { computed, ref, shallowRef, watch } from 'vue'
import { listAddresses } from '@/core/api/accounts'
import { placeOrder, previewOrder } from '@/core/api/orders'
import { getProduct } from '@/core/api/shop'
import { attemptKey, endAttempt } from '@/core/attempt'
import type { Address, Order, OrderInput, OrderMode, PreviewInput, Product, Quote } from '@/core/contract'
import { ask } from '@/core/feedback'
import { yuan } from '@/core/format'
import { asProblem } from '@/core/http'
import { t } from '@/core/i18n'
import { takePicked } from '@/core/pick-address'

export type CheckoutQuery = { mode?: string; sku?: string; n?: string; product?: string; campaign?: string; group?: string }

/** Everything between the chosen SKU and the order: address, quote, submission with one key per attempt. */
export function useCheckout() {
  const asked = shallowRef<CheckoutQuery>({})
  const product = shallowRef<Product | null>(null)
  const address = shallowRef<Address | null>(null)
  const quote = shallowRef<Quote | null>(null)
  const error = shallowRef<unknown>(null)
  const quoteError = shallowRef<unknown>(null)
  const ready = ref(false)
  const remark = ref('')
  const mode = computed(() => (asked.value.mode ?? 'solo') as OrderMode)
  const sku = computed(() => product.value?.skus.find((s) => s.id === asked.value.sku))

  function wish(): PreviewInput {
    const q = asked.value
    return {
      mode: mode.value,
      sku_id: q.sku ?? '',
      quantity: Math.max(1, Number(q.n) || 1),
      address_id: address.value?.id ?? null,
      ...(mode.value === 'open' ? { campaign_id: q.campaign ?? '' } : {}),
      ...(mode.value === 'join' ? { group_id: q.group ?? '' } : {}),
    }
  }
  async function refreshQuote(): Promise<void> {
    quoteError.value = null
    try {
      quote.value = await previewOrder(wish())
    } catch (e) {
      quote.value = null
      quoteError.value = e
    }
  }
  async function load(): Promise<void> {
    error.value = null
    try {
      const [p, { items }] = await Promise.all([getProduct(asked.value.product ?? ''), listAddresses()])
      product.value = p
      address.value ??= items.find((a) => a.is_default) ?? items[0] ?? null
      ready.value = true
      if (!address.value) await refreshQuote() // the price is known before the address is
    } catch (e) {
      error.value = e
    }
  }
  /** On every show: an address may have been chosen, added or removed elsewhere. */
  async function refresh(): Promise<void> {
    const picked = takePicked()
    if (picked) address.value = picked
    if (!ready.value || !address.value) await load()
    else await refreshQuote()
  }
  watch(address, (now, before) => { if (now && now.id !== before?.id) void refreshQuote() })

  /** Place the order; on a changed price ask once and go on with the new amount. */
  async function submit(): Promise<Order | null> {
    const body: OrderInput = { ...wish(), address_id: address.value?.id ?? '', expected_payable_fen: quote.value?.payable_fen, remark: remark.value.trim() }
    try {
      const order = await placeOrder(body, attemptKey(body))
      endAttempt()
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
  return { asked, product, address, quote, error, quoteError, ready, remark, mode, sku, deliverable, refresh, load, submit }
}
