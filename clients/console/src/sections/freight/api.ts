import { answerOf, http } from '@/api/client'
import type { Page } from '@/api/types'
import type { Cost, Move, ProductChoice, ProductFreight, ProductFreightEdit, ProductsWanted, SentProduct, Template, TemplateEdit, TemplateInput, Trial } from './types'

const which = (id: string) => ({ params: { path: { template_id: id } } })
const whose = (id: string) => ({ params: { path: { product_id: id } } })

export const listTemplates = (cursor?: string, limit?: number): Promise<Page<Template>> =>
  answerOf(http.GET('/api/v1/trade/console/freight/templates', { params: { query: { cursor, limit } } }))

/** To choose from: a merchant has no more than one page holds. */
export const everyTemplate = async (): Promise<Template[]> => (await listTemplates(undefined, 100)).items

export const fetchTemplate = (id: string): Promise<Template> =>
  answerOf(http.GET('/api/v1/trade/console/freight/templates/{template_id}', which(id)))

export const createTemplate = (body: TemplateInput): Promise<Template> =>
  answerOf(http.POST('/api/v1/trade/console/freight/templates', { body }))

export const saveTemplate = (id: string, body: TemplateEdit): Promise<Template> =>
  answerOf(http.PUT('/api/v1/trade/console/freight/templates/{template_id}', { ...which(id), body }))

/** `move` says how its products are sent from then on; null where there are none. */
export const removeTemplate = (id: string, version: number, move: Move | null): Promise<unknown> =>
  answerOf(http.POST('/api/v1/trade/console/freight/templates/{template_id}/remove', { ...which(id), body: { version, move } }))

/** By which template new products are sent. */
export const chooseDefault = (id: string | null): Promise<unknown> =>
  answerOf(http.POST('/api/v1/trade/console/freight/default', { body: { template_id: id } }))

export const tryTemplate = (id: string, body: Trial): Promise<Cost> =>
  answerOf(http.POST('/api/v1/trade/console/freight/templates/{template_id}/cost', { ...which(id), body }))

export const fetchProductFreight = (id: string): Promise<ProductFreight> =>
  answerOf(http.GET('/api/v1/trade/console/freight/products/{product_id}', whose(id)))

export const saveProductFreight = (id: string, body: ProductFreightEdit): Promise<ProductFreight> =>
  answerOf(http.PUT('/api/v1/trade/console/freight/products/{product_id}', { ...whose(id), body }))

/** Which product is sent by which template. */
export const listProducts = (wanted: ProductsWanted, cursor?: string): Promise<Page<SentProduct>> =>
  answerOf(http.GET('/api/v1/trade/console/freight/products', { params: { query: { ...wanted, cursor } } }))

/** One template for all of these, or for none of them. */
export const chooseForProducts = (id: string | null, products: ProductChoice[]): Promise<unknown> =>
  answerOf(http.POST('/api/v1/trade/console/freight/products', { body: { template_id: id, products } }))
