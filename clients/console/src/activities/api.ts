/** What a product is sold in beside its price alone: campaigns and flash sales, which several sections show. */
import { answerOf, http } from '@/api/client'
import type { AnswerOf } from '@/api/types'

export type Commitments = AnswerOf<'/api/v1/trade/console/products/{product_id}/commitments'>
export type Commitment = Commitments['items'][number]

/** What a product is promised to: what runs, will run or has open groups. */
export const fetchCommitments = (productId: string): Promise<Commitments> =>
  answerOf(http.GET('/api/v1/trade/console/products/{product_id}/commitments', { params: { path: { product_id: productId } } }))
