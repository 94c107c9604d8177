import { createProduct, updateProduct } from '@/api/catalog'
import { ApiProblem } from '@/api/problems'
import { saveStock } from '@/api/trade'
import type { Product } from '@/api/types'
import { productInput, type ProductDraft } from './draft'

const TRIES = 8
const PAUSE_MS = 700

/** Saves the product and then the stock of every SKU whose figure changed. */
export async function saveProduct(id: string | null, draft: ProductDraft, onSaved: (product: Product) => void): Promise<void> {
  const input = productInput(draft)
  const product = id ? await updateProduct(id, input) : await createProduct(input)
  const wanted = draft.skus.map((sku, index) => ({ sku, id: sku.id ?? product.skus[index]?.id }))
  wanted.forEach(({ sku, id: skuId }) => (sku.id = skuId ?? null))
  onSaved(product)
  for (const { sku, id: skuId } of wanted) {
    if (!skuId || sku.onHand === null || sku.onHand === sku.savedOnHand) continue
    await saveStockPatiently(skuId, sku.onHand)
    sku.savedOnHand = sku.onHand
  }
}

/** Trade hears of a new SKU a moment after the catalogue has it; until then it answers "not found". */
async function saveStockPatiently(skuId: string, onHand: number): Promise<void> {
  for (let turn = 1; ; turn += 1) {
    try {
      await saveStock(skuId, onHand)
      return
    } catch (error) {
      if (ApiProblem.from(error).status !== 404 || turn === TRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}
