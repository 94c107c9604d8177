import type { FlashPreviewInput, FlashSale, FlashTicket, FlashZone, Hold, HoldInput, OwnHold, Page, Quote } from '../contract'
import { deviceId } from '../device'
import { call } from '../http'
import { PAGE_SIZE } from '../paging'
import { one } from './path'

const SALES = '/trade/flash-sales'
const HOLDS = `${SALES}/holds`

export const getFlashZone = () => call<FlashZone>('GET', SALES)
export const getFlashSale = (id: string) => call<FlashSale>('GET', one(SALES, id))
/** What is wanted, before there is a ticket for it. */
export type Wish = Omit<HoldInput, 'ticket' | 'proof'>
export const askForTicket = (saleId: string, key: string) => call<FlashTicket>('POST', one(SALES, saleId) + '/tickets', { key })
export const holdUnits = (saleId: string, wish: HoldInput, key: string) =>
  call<Hold>('POST', one(SALES, saleId) + '/holds', { body: wish, key, header: { 'Device-Id': deviceId() } })
/** What the shopper took, newest first: of one sale, or of all. */
export const listHolds = (cursor: string | null, saleId?: string) =>
  call<Page<OwnHold>>('GET', HOLDS, { query: { sale_id: saleId, cursor, limit: PAGE_SIZE } })
export const previewFlash = (saleId: string, input: FlashPreviewInput) => call<Quote>('POST', one(SALES, saleId) + '/preview', { body: input })
/** Waits up to 20 s at the server for what becomes of it. */
export const waitHold = (id: string) => call<Hold>('GET', one(HOLDS, id), { query: { wait: 20 }, timeout: 35000, once: true })
