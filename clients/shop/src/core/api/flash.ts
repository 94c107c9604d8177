import type { FlashSale, FlashTicket, FlashZone, Hold, HoldInput } from '../contract'
import { deviceId } from '../device'
import { call } from '../http'
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
/** Waits up to 20 s at the server for what becomes of it. */
export const waitHold = (id: string) => call<Hold>('GET', one(HOLDS, id), { query: { wait: 20 }, timeout: 35000, once: true })
