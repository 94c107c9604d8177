import type { AnswerOf, ItemOf, Schemas } from '@/api/types'

export type Template = ItemOf<'/api/v1/trade/console/freight/templates'>
export type Zone = Template['zones'][number]
export type Unit = Template['unit']
export type TemplateInput = Schemas['FreightTemplateInput']
export type TemplateEdit = Schemas['FreightTemplateEdit']
export type Trial = Schemas['FreightTrial']
export type Cost = Schemas['FreightCost']
export type Move = Schemas['TemplateChoice']
export type ProductFreight = AnswerOf<'/api/v1/trade/console/freight/products/{product_id}'>
export type ProductFreightEdit = Schemas['ProductFreightEdit']
export type SentProduct = ItemOf<'/api/v1/trade/console/freight/products'>
export type ProductChoice = Schemas['ProductVersion']
export type ProductsWanted = { q?: string; template_id?: string; free?: boolean; unweighed?: boolean }
