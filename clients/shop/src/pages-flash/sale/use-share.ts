import { computed } from 'vue'
import type { OwnHold } from '@/core/contract'
import { asProblem } from '@/core/http'

const COUNTS: readonly OwnHold['status'][] = ['held', 'ordered']

/** What the shopper has of a sale already, by their holds or by what the server refused with, and what they may still have. */
export function useShare(holds: () => readonly OwnHold[], limit: () => number, refusal: () => unknown) {
  const counted = computed(() => holds().filter((hold) => COUNTS.includes(hold.status)))
  const had = computed(() => {
    const { code, members } = asProblem(refusal())
    const told = code === 'trade/flash-limit' ? Number(members.had ?? 0) : 0
    return Math.max(told, counted.value.reduce((sum, hold) => sum + hold.quantity, 0))
  })
  const rest = computed(() => Math.max(0, limit() - had.value))
  const full = computed(() => limit() > 0 && rest.value === 0)
  /** The one that leads on: what is to be paid first. */
  const leading = computed(() => counted.value.find((hold) => hold.order_status === 'pending_payment') ?? counted.value[0])
  return { had, rest, full, leading }
}
