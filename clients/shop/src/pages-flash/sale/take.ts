import { askForTicket, holdUnits, type Wish } from '@/core/api/flash'
import type { Hold } from '@/core/contract'
import { enter, type Waiting } from '@/core/flash-turn'

export type Queue = Pick<Waiting, 'told' | 'busy' | 'stopped'>

/**
 * The way from the press to the units, the only one there is: by a ticket, in turn. All of it carries one key, so that it
 * is one wish however often it was sent.
 */
export const take = (saleId: string, wish: Wish, key: string, queue: Queue): Promise<Hold> =>
  enter({ ask: () => askForTicket(saleId, key), take: (shown) => holdUnits(saleId, { ...wish, ...shown }, key) }, queue)
