/**
 * The only file that imports generated names. When the contract is regenerated and a name changes,
 * it changes here and nowhere else.
 */
import type { components, paths } from '../../../packages/api/schema'

type Schemas = components['schemas']

export type ApiPaths = paths
/** Texts by language: "zh-Hant", "zh-Hans", "en", at least one of them. */
export type LText = Schemas['Product']['name']
export type Meta = Schemas['Meta']
export type Staff = Schemas['Staff']
export type StaffSession = Schemas['StaffSession']
export type Merchant = Schemas['Merchant']
export type Category = Schemas['Category']
export type Product = Schemas['Product']
export type ProductRow = Schemas['ProductRow']
export type ProductSku = Schemas['ProductSku']
export type ProductInput = Schemas['ProductInput']
export type Media = Schemas['Media']
export type StockRow = Schemas['StockRow']
export type CampaignRow = Schemas['CampaignRow']
export type CampaignInput = Schemas['CampaignInput']
export type CampaignKind = CampaignRow['kind']
export type CampaignStatus = CampaignRow['status']
export type ConsoleGroup = Schemas['ConsoleGroup']
export type GroupStatus = ConsoleGroup['status']
export type Order = Schemas['Order']
export type OrderStatus = Order['status']
export type OrderCounts = Schemas['ConsoleOrderCounts']
export type Refund = Schemas['Refund']
export type RefundRow = Schemas['RefundRow']
export type RefundStatus = Refund['status']
export type Carrier = Schemas['Carrier']
export type Shipment = Schemas['Shipment']
export type ShipmentEventCode = Schemas['ShipmentEventInput']['code']

/** A page of a list; `next_cursor` is null on the last one. */
export interface Page<T> {
  items: T[]
  next_cursor: string | null
}
