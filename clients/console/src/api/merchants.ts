import { answerOf, http } from './client'
import type { LText } from './types'

/** A shop's name, as everybody may read it. */
export async function fetchMerchantName(id: string): Promise<LText> {
  const params = { path: { merchant_id: id } }
  return (await answerOf(http.GET('/api/v1/merchants/{merchant_id}', { params }))).name
}
