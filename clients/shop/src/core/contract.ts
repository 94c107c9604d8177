/**
 * The named types of the HTTP contract, taken from the generated file: the only place that knows it.
 * Money is integer fen, times are ISO-8601 UTC strings, ids are UUID strings.
 */
import type { components } from '../../../packages/api/schema'

type Schemas = components['schemas']
/** Texts by language: zh-Hant, zh-Hans, en; at least one of them. */
export type LText = Product['name']
export type Page<T> = { items: T[]; next_cursor: string | null; now?: string }
export type Meta = Schemas['Meta']

export type Me = Schemas['Me']
export type Session = Schemas['Session']
export type SmsCodeSent = Schemas['SmsCodeSent']
export type Address = Schemas['Address']
export type AddressInput = Schemas['AddressInput']
export type AddressEdit = Schemas['AddressEdit']

export type Category = Schemas['Category']
export type Product = Schemas['Product']

export type Tier = Schemas['TierPrice']
export type ListingCard = Schemas['ListingCard']
export type ListingSort = 'popular' | 'discount' | 'forming' | 'price' | 'newest'
export type Offer = Schemas['Offer']
export type OfferFreight = Schemas['OfferFreight']
export type FreightTo = Schemas['FreightTo']
export type Campaign = Schemas['Campaign']
export type GroupCard = Schemas['GroupCard']
export type Group = Schemas['Group']
export type Seat = Schemas['Seat']

export type FlashZone = Schemas['FlashZone']
export type FlashSlot = Schemas['FlashSlot']
export type FlashCard = Schemas['FlashCard']
export type FlashSale = Schemas['FlashSale']
export type FlashTicket = Schemas['FlashTicket']
export type Hold = Schemas['Hold']
export type HoldInput = Schemas['HoldInput']
export type OwnHold = Schemas['OwnHold']
export type FlashPreviewInput = Schemas['FlashPreviewInput']

export type OrderInput = Schemas['OrderInput']
export type Cart = Schemas['Cart']
export type CartShop = Schemas['CartShop']
export type CartLine = Schemas['CartLine']

export type PreviewInput = Schemas['PreviewInput']
export type OrderMode = OrderInput['mode']
export type Quote = Schemas['Quote']
export type Order = Schemas['Order']
export type SyncedOrder = Schemas['SyncedOrder']
export type OrderStatus = Order['status']
export type OrderCounts = Schemas['OrderCounts']
export type Refund = Schemas['Refund']
export type Payment = Schemas['PaymentHandOver']
export type PaymentInput = Schemas['PayInput']

export type Parcel = Schemas['Parcel']
export type InboxMessage = Schemas['InboxMessage']
export type Inbox = Schemas['Inbox']
export type SubscriptionTemplate = Schemas['SubscriptionTemplate']
