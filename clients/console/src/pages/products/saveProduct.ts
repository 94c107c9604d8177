import { createProduct, updateProduct } from '@/api/catalog'
import { ApiProblem } from '@/api/problems'
import { countStock } from '@/api/trade'
import type { Product } from '@/api/types'
import { productInput, type ProductDraft } from './draft'

const TRIES = 8
const PAUSE_MS = 700

/** What is edited: the product and the version of it that was read. */
export interface Read {
  id: string
  version: number
}

/** Saves the product, and then the first count of every new variant that has one. */
export async function saveProduct(read: Read | null, draft: ProductDraft, onSaved: (product: Product) => void, endCampaigns = false): Promise<void> {
  const input = productInput(draft)
  const product = read ? await updateProduct(read.id, { ...input, version: read.version }, endCampaigns) : await createProduct(input)
  draft.skus.forEach((sku, index) => (sku.id ??= product.skus[index]?.id ?? null))
  onSaved(product)
  for (const sku of draft.skus) {
    if (!sku.id || sku.firstCount === null) continue
    await countPatiently(sku.id, sku.firstCount)
    sku.firstCount = null
  }
}

/** Trade hears of a new SKU a moment after the catalogue has it; until then it answers "not found". */
async function countPatiently(skuId: string, onHand: number): Promise<void> {
  const key = crypto.randomUUID()
  for (let turn = 1; ; turn += 1) {
    try {
      await countStock(skuId, { on_hand: onHand, expected: 0, note: '' }, key)
      return
    } catch (error) {
      if (ApiProblem.from(error).status !== 404 || turn === TRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}
