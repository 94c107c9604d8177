/**
 * The only file that imports generated names. Whoever asks the server for something names it by its path; only what
 * travels in a body has a name of its own. What several sections speak of is here, what one does in its `types.ts`.
 */
import type { components, paths } from '../../../packages/api/schema'

export type ApiPaths = paths
export type Schemas = components['schemas']

/** What a GET answers: follows the path, whatever the generated name of the answer is. */
export type AnswerOf<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never
export type ItemOf<Path extends keyof paths> = AnswerOf<Path> extends { items: (infer Item)[] } ? Item : never

export type Meta = AnswerOf<'/api/v1/meta'>
export type Staff = AnswerOf<'/api/v1/accounts/staff/me'>
export type StaffSession = Schemas['StaffSession']
export type Merchant = AnswerOf<'/api/v1/merchants/console/mine'>
/** Texts by language: "zh-Hant", "zh-Hans", "en", at least one of them. */
export type LText = Merchant['name']

/** What something is made for. */
export type Product = AnswerOf<'/api/v1/catalog/console/products/{product_id}'>
export type ProductRow = ItemOf<'/api/v1/catalog/console/products'>

/** A page of a list; `next_cursor` is null on the last one. */
export interface Page<T> {
  items: T[]
  next_cursor: string | null
}
