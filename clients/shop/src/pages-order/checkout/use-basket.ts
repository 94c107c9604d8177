import { computed, type Ref, ref, type ShallowRef } from 'vue'
import { getCart } from '@/core/api/cart'
import type { CartWish } from '@/core/cart'
import type { LText, Quote } from '@/core/contract'

type Words = { product_name: LText; sku_name: LText; image_url: string }
export type BasketLine = CartWish & { words?: Words; goods_fen?: number; off_fen: number; deliverable: boolean }

/** What is bought together, line by line: also while the price of it is refused, in the words that are known. */
export function useBasket(lines: Ref<CartWish[]>, quote: ShallowRef<Quote | null>) {
  const known = ref<Record<string, Words>>({})
  function learn(found: readonly (Words & { sku_id: string })[]): void {
    known.value = { ...known.value, ...Object.fromEntries(found.map((line) => [line.sku_id, line])) }
  }
  /** The cart knows what it is, also where nobody sells it any more. */
  async function ask(): Promise<void> {
    if (lines.value.every((line) => line.sku_id in known.value)) return
    const cart = await getCart().catch(() => null)
    if (cart) learn(cart.shops.flatMap((shop) => shop.lines))
  }
  const shown = computed<BasketLine[]>(() => lines.value.map((line) => {
    const priced = quote.value?.lines.find((each) => each.sku_id === line.sku_id)
    return { ...line, words: priced ?? known.value[line.sku_id], goods_fen: priced?.goods_fen, off_fen: priced?.off_fen ?? 0, deliverable: priced?.deliverable !== false }
  }))
  return { shown, learn, ask }
}
