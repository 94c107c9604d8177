import { shallowRef } from 'vue'
import { getFlashZone } from './api/flash'
import { serverNow } from './clock'
import type { FlashCard, FlashSlot } from './contract'
import { instant, moment } from './format'
import { useRepeating } from './repeat'

// What is left of a flash sale is always the server's word: it is asked again and again while somebody looks.
export const EVERY_MS = 2000

type Standing = Pick<FlashCard, 'state' | 'starts_at'>
/** Whether it goes on: units may still be had, or come back. */
export const isOpen = ({ state }: Pick<FlashCard, 'state'>): boolean => state === 'running' || state === 'sold_out'
export const isOver = ({ state }: Pick<FlashCard, 'state'>): boolean => state === 'ended' || state === 'stopped'
/** Whether the server may say something new within seconds. */
export const isMoving = (sale: Standing): boolean => isOpen(sale) || (sale.state === 'upcoming' && Date.parse(sale.starts_at) <= serverNow())

export const taken = ({ allotted, free }: Pick<FlashCard, 'allotted' | 'free'>): number => allotted - free

/** When a slot begins, or any other moment near it: the time of day, with its date unless that is today's. */
export function slotTime(iso: string): string {
  const [day = '', time = ''] = moment(iso).split(' ')
  const today = moment(instant(serverNow()))
  return today.startsWith(day) ? time : `${day.slice(5)} ${time}`
}

/** A slot by what can be told of it: what begins and ends in the same minutes is one. */
export type SlotTab = FlashSlot & { label: string }
const span = (slot: FlashSlot): string => `${slotTime(slot.starts_at)}–${slotTime(slot.ends_at)}`
export function slotTabs(slots: readonly FlashSlot[]): SlotTab[] {
  const tabs = new Map<string, SlotTab>()
  for (const slot of slots) {
    const key = `${slot.state} ${span(slot)}`
    const same = tabs.get(key)
    tabs.set(key, same ? { ...same, sales: [...same.sales, ...slot.sales] } : { ...slot, label: span(slot) })
  }
  const starts = [...tabs.values()].map((tab) => slotTime(tab.starts_at))
  const alone = (start: string) => starts.filter((each) => each === start).length === 1
  return [...tabs.values()].map((tab) => (alone(slotTime(tab.starts_at)) ? { ...tab, label: slotTime(tab.starts_at) } : tab))
}

/** The slot that is shown where there is room for one: one in which something can be had, else one that comes. */
export function nearestSlot<S extends FlashSlot>(slots: readonly S[]): S | undefined {
  const having = (test: (sale: FlashCard) => boolean) => slots.find((slot) => slot.sales.some(test))
  return having((sale) => sale.state === 'running') ?? having((sale) => sale.state === 'upcoming') ?? having(isOpen)
}

/**
 * The few sales that are shown where not all are: those that run, of whatever slot, first of which something is left and
 * that end soonest; where nothing can be had, those of the slot that comes next.
 */
export function nearestSales(slots: readonly FlashSlot[], most: number): FlashCard[] {
  const nearest = nearestSlot(slots)
  if (nearest?.state === 'upcoming') return nearest.sales.filter((sale) => !isOver(sale)).slice(0, most)
  const gone = (sale: FlashCard) => Number(sale.state !== 'running')
  return slots.flatMap((slot) => slot.sales).filter(isOpen)
    .sort((a, b) => gone(a) - gone(b) || Date.parse(a.ends_at) - Date.parse(b.ends_at))
    .slice(0, most)
}

/** The sale of a product that runs, else the one that comes next. */
export function saleOf(productId: string, slots: readonly FlashSlot[]): FlashCard | undefined {
  const sales = slots.flatMap((slot) => slot.sales).filter((sale) => sale.product.id === productId && !isOver(sale))
  return sales.find(isOpen) ?? sales[0]
}

/** All slots, kept up to date from `start()` to `stop()`. */
export function useFlashZone() {
  const slots = shallowRef<FlashSlot[] | null>(null)
  const error = shallowRef<unknown>(null)
  async function load(): Promise<void> {
    if (!slots.value) error.value = null
    try {
      slots.value = (await getFlashZone()).slots
    } catch (e) {
      if (!slots.value) error.value = e
    }
  }
  const follow = useRepeating(load, () => slots.value?.some((slot) => slot.sales.some(isMoving)) === true, EVERY_MS)
  function start(): void {
    void load()
    follow.start()
  }
  return { slots, error, load, start, stop: follow.stop }
}
