import { answerOf, http } from '@/api/client'
import type { Page } from '@/api/types'
import type { Cost, ProductFreight, ProductFreightEdit, ProductRow, Template, TemplateEdit, TemplateInput, Trial } from './types'

const which = (id: string) => ({ params: { path: { template_id: id } } })
const whose = (id: string) => ({ params: { path: { product_id: id } } })

export const listTemplates = (): Promise<{ items: Template[] }> => answerOf(http.GET('/api/v1/trade/console/freight/templates'))

export const fetchTemplate = (id: string): Promise<Template> =>
  answerOf(http.GET('/api/v1/trade/console/freight/templates/{template_id}', which(id)))

export const createTemplate = (body: TemplateInput): Promise<Template> =>
  answerOf(http.POST('/api/v1/trade/console/freight/templates', { body }))

export const saveTemplate = (id: string, body: TemplateEdit): Promise<Template> =>
  answerOf(http.PUT('/api/v1/trade/console/freight/templates/{template_id}', { ...which(id), body }))

export const tryTemplate = (id: string, body: Trial): Promise<Cost> =>
  answerOf(http.POST('/api/v1/trade/console/freight/templates/{template_id}/cost', { ...which(id), body }))

export const fetchProductFreight = (id: string): Promise<ProductFreight> =>
  answerOf(http.GET('/api/v1/trade/console/freight/products/{product_id}', whose(id)))

export const saveProductFreight = (id: string, body: ProductFreightEdit): Promise<ProductFreight> =>
  answerOf(http.PUT('/api/v1/trade/console/freight/products/{product_id}', { ...whose(id), body }))

/** Products that a template may be chosen for. */
export const listProducts = (q: string, cursor?: string): Promise<Page<ProductRow>> =>
  answerOf(http.GET('/api/v1/catalog/console/products', { params: { query: { q: q || undefined, cursor } } }))
