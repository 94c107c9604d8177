import { computed, reactive, ref, shallowRef } from 'vue'
import { addToCart, getCart, putCartLine, removeFromCart } from '@/core/api/cart'
import { learnCart } from '@/core/cart'
import type { Cart, CartLine, CartShop } from '@/core/contract'
import { toast, toastProblem } from '@/core/feedback'
import { asProblem } from '@/core/http'
import { t } from '@/core/i18n'
import { uuid } from '@/core/uuid'

/** What the cart page shows and does. What can be bought is chosen until it is taken out of the choice. */
export function useCart() {
  const cart = shallowRef<Cart | null>(null)
  const error = shallowRef<unknown>(null)
  const left = reactive(new Set<string>())
  /** Quantities that were tapped and are on their way. */
  const wanted = reactive<Record<string, number>>({})
  /** The line that was removed last: it can be put back. */
  const removed = shallowRef<{ line: CartLine; key: string } | null>(null)
  const busy = ref(false)

  function learn(fresh: Cart): void {
    cart.value = fresh
    learnCart(fresh)
  }
  // one after the other: an answer shows the whole cart, and the last one asked for is to be the last one shown
  let last: Promise<void> = Promise.resolve()
  const inTurn = (ask: () => Promise<Cart | null>): Promise<void> =>
    (last = last.then(async () => { const fresh = await ask(); if (fresh) learn(fresh) }).catch(refused))
  async function refused(e: unknown): Promise<void> {
    const elsewhere = ['trade/cart-line-changed', 'trade/cart-line-not-found'].includes(asProblem(e).code)
    if (elsewhere) toast(t('cart.elsewhere'))
    else toastProblem(e)
    await getCart().then(learn, () => {})
  }
  async function load(): Promise<void> {
    error.value = null
    await last
    try {
      learn(await getCart())
    } catch (e) {
      if (!cart.value) error.value = e
      else toastProblem(e)
    }
  }

  const all = computed(() => cart.value?.shops.flatMap((shop) => shop.lines) ?? [])
  const lineOf = (sku: string) => all.value.find((line) => line.sku_id === sku)
  const quantityOf = (line: CartLine): number => wanted[line.sku_id] ?? line.quantity
  /** Taps that come while an answer is awaited become one request. */
  async function count(line: CartLine, quantity: number): Promise<void> {
    const under = line.sku_id in wanted
    wanted[line.sku_id] = quantity
    if (under) return
    await inTurn(async () => {
      let fresh: Cart | null = null
      try {
        let sent = line.quantity
        for (let now = lineOf(line.sku_id); now && sent !== wanted[line.sku_id]; now = lineOf(line.sku_id)) {
          sent = wanted[line.sku_id]!
          fresh = await putCartLine(line.sku_id, { quantity: sent, version: now.version })
          learn(fresh)
        }
      } finally {
        delete wanted[line.sku_id]
      }
      return fresh
    })
  }
  async function remove(line: CartLine): Promise<void> {
    await inTurn(async () => {
      const fresh = await removeFromCart([line.sku_id])
      removed.value = { line, key: uuid() }
      return fresh
    })
  }
  async function undo(): Promise<void> {
    const what = removed.value
    if (!what) return
    await inTurn(async () => {
      const fresh = await addToCart({ sku_id: what.line.sku_id, quantity: what.line.quantity }, what.key)
      removed.value = null
      return fresh
    })
  }
  const unbuyable = computed(() => all.value.filter((line) => ['sold_out', 'unweighed', 'off_shelf', 'gone'].includes(line.state)))
  async function clear(): Promise<void> {
    busy.value = true
    await inTurn(() => removeFromCart(unbuyable.value.map((line) => line.sku_id)))
    busy.value = false
  }

  const buyable = (line: CartLine): boolean => line.state === 'ready'
  const chosen = (line: CartLine): boolean => buyable(line) && !left.has(line.sku_id)
  function choose(line: CartLine): void {
    if (!buyable(line)) return
    if (!left.delete(line.sku_id)) left.add(line.sku_id)
  }
  const chosenOf = (shop: CartShop): CartLine[] => shop.lines.filter(chosen)
  const allOf = (shop: CartShop): boolean => shop.lines.some(buyable) && shop.lines.filter(buyable).every(chosen)
  function chooseAll(shop: CartShop): void {
    const on = !allOf(shop)
    for (const line of shop.lines.filter(buyable)) {
      if (on) left.delete(line.sku_id)
      else left.add(line.sku_id)
    }
  }
  const sum = (shop: CartShop): number => chosenOf(shop).reduce((fen, line) => fen + line.unit_price_fen * quantityOf(line), 0)
  const saved = (shop: CartShop): number =>
    chosenOf(shop).reduce((fen, line) => fen + Math.max(0, (line.list_price_fen ?? 0) - line.unit_price_fen) * quantityOf(line), 0)
  /** Nothing is on its way that would change what is bought. */
  const settled = computed(() => Object.keys(wanted).length === 0)
  return { cart, error, removed, unbuyable, busy, settled, load, quantityOf, count, remove, undo, clear, buyable, chosen, choose, chosenOf, allOf, chooseAll, sum, saved }
}
