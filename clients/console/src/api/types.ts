/**
 * The only file that imports generated names. When the contract is regenerated and a name changes,
 * it changes here and nowhere else.
 */
import type { components, paths } from '../../../packages/api/schema'

type Schemas = components['schemas']

/** What a GET answers: follows the path, whatever the generated name of the answer is. */
type AnswerOf<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never
type ItemOf<Path extends keyof paths> = AnswerOf<Path> extends { items: (infer Item)[] } ? Item : never

export type ApiPaths = paths
/** Texts by language: "zh-Hant", "zh-Hans", "en", at least one of them. */
export type LText = Product['name']
export type Meta = AnswerOf<'/api/v1/meta'>
export type Staff = AnswerOf<'/api/v1/accounts/staff/me'>
export type StaffSession = Schemas['StaffSession']
export type Merchant = AnswerOf<'/api/v1/merchants/console/mine'>
export type Category = ItemOf<'/api/v1/catalog/categories'>
export type Product = AnswerOf<'/api/v1/catalog/console/products/{product_id}'>
export type ProductRow = ItemOf<'/api/v1/catalog/console/products'>
export type ProductSku = Product['skus'][number]
export type ProductInput = Schemas['ProductInput']
export type ProductEdit = Schemas['ProductEdit']
export type Media = Schemas['Media']
export type StockRow = ItemOf<'/api/v1/trade/console/stock'>
export type StockCount = Required<Schemas['StockCount']>
export type StockMovementInput = Required<Schemas['StockMovementInput']>
export type StockMovement = ItemOf<'/api/v1/trade/console/stock/{sku_id}/movements'>
export type StockReason = StockMovementInput['reason']
export const STOCK_REASONS: readonly StockReason[] = ['received', 'returned', 'damaged', 'lost', 'other']
export type CampaignRow = ItemOf<'/api/v1/trade/console/campaigns'>
export type Commitment = Schemas['Commitment']
export type Commitments = Schemas['Commitments']
export type CampaignInput = Schemas['CampaignInput']
export type CampaignKind = CampaignRow['kind']
export type CampaignStatus = CampaignRow['status']
export type ConsoleGroup = ItemOf<'/api/v1/trade/console/groups'>
export type GroupStatus = ConsoleGroup['status']
export type GroupCounts = AnswerOf<'/api/v1/trade/console/groups/counts'>
/** The states that the list of groups can be asked for; a draft shows up once it is paid. */
export type ListedGroupStatus = keyof GroupCounts
export type Order = AnswerOf<'/api/v1/trade/console/orders/{order_id}'>
export type OrderStatus = Order['status']
export type OrderCounts = AnswerOf<'/api/v1/trade/console/orders/counts'>
export type Refund = Order['refunds'][number]
export type RefundRow = ItemOf<'/api/v1/trade/console/refunds'>
export type RefundStatus = Refund['status']
export type RefundSummary = AnswerOf<'/api/v1/trade/console/refunds/summary'>
export type LedgerTransaction = ItemOf<'/api/v1/payments/console/ledger'>
export type MoneySummary = AnswerOf<'/api/v1/payments/console/summary'>
export type Reconciliation = ItemOf<'/api/v1/payments/console/reconciliations'>
export type ReconciliationDay = AnswerOf<'/api/v1/payments/console/reconciliations/{bill_date}'>
export type Difference = ReconciliationDay['differences'][number]
export type StuckWork = ItemOf<'/api/v1/background/{module}/stuck'>
export type Carrier = ItemOf<'/api/v1/fulfilment/carriers'>
export type Shipment = AnswerOf<'/api/v1/fulfilment/console/shipments/{order_id}'>
/** What can be told of a parcel. */
export type ShipmentEventCode = Schemas['ShipmentEventInput']['code']

/** A page of a list; `next_cursor` is null on the last one. */
export interface Page<T> {
  items: T[]
  next_cursor: string | null
}
