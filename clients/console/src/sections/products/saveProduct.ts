import { ApiProblem } from '@/api/problems'
import { countStock, createProduct, updateProduct } from './api'
import type { Product } from './types'
import { productInput, type ProductDraft } from './draft'

const TRIES = 8
const PAUSE_MS = 700

/** What is edited: the product and the version of it that was read. */
export interface Read {
  id: string
  version: number
}

/** The making of a new product, which is kept with its draft; `sent`: perhaps it was made, and its answer was lost. */
export interface Making {
  key: string
  sent: boolean
}
export const newMaking = (): Making => ({ key: crypto.randomUUID(), sent: false })

/** Saves the product, and then the first count of every new variant that has one. */
export async function saveProduct(read: Read | null, draft: ProductDraft, making: Making, onSaved: (product: Product) => void, endCampaigns = false): Promise<void> {
  const product = await stored(read, draft, making, endCampaigns)
  draft.skus.forEach((sku, index) => (sku.id ??= product.skus[index]?.id ?? null))
  onSaved(product)
  for (const sku of draft.skus) {
    if (!sku.id || sku.firstCount === null) continue
    await countPatiently(sku.id, sku.firstCount)
    sku.firstCount = null
  }
}

async function stored(read: Read | null, draft: ProductDraft, making: Making, endCampaigns: boolean): Promise<Product> {
  if (read) return updateProduct(read.id, { ...productInput(draft), version: read.version }, endCampaigns)
  const again = making.sent
  making.sent = true
  const made = await createProduct(productInput(draft), making.key)
  if (!again) return made
  // it was made of an earlier draft, perhaps: what is in the form now counts
  draft.skus.forEach((sku, index) => (sku.id ??= made.skus[index]?.id ?? null))
  return updateProduct(made.id, { ...productInput(draft), version: made.version }, endCampaigns)
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
