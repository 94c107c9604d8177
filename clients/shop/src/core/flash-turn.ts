/**
 * The way into a flash sale: ask for a ticket, do the work that it wants while waiting, and take units once it is one's
 * turn. Whatever this device's clock says, the server decides when that is; being early only means to wait a little more.
 */
import { prove, Stopped } from '../../../packages/api/proof-of-work'
import { ticking } from './clock'

export { Stopped }

export interface Ticket {
  /** Bound to the key it was asked for with. */
  ticket: string
  bits: number
  /** How many are let in before. */
  place: number
  wait_s: number
  /** By lot, before the start: place and wait move until then. */
  drawn: boolean
}

/** Both calls carry one Idempotency-Key: what is sent again is the same request. */
export interface Door<T> {
  ask: () => Promise<Ticket>
  take: (shown: { ticket: string; proof: string }) => Promise<T>
}

export interface Waiting {
  /** How it stands, whenever that was told anew; the wait is as long from this moment on. */
  told: (ticket: Ticket) => void
  /** So many are at the door that it is sent again in so many seconds; null: it is sent now. */
  busy: (seconds: number | null) => void
  /** The page was left: `enter` ends with `Stopped`. */
  stopped: () => boolean
  /** Milliseconds from any moment on. */
  now: () => number
  sleep: (ms: number) => Promise<void>
  random: () => number
}

const SLICE_MS = 1000
const BUSY: readonly (string | undefined)[] = ['trade/flash-busy', 'platform/overloaded', 'platform/too-many-requests']
/** Who waits longer asks at half of the wait how it stands; so a crowd asks few times, and never all at once. */
const ASK_AGAIN_MS = 20_000
/** Times that the server may send somebody back to wait, and times that it may be too busy. */
const MOST_REFUSALS = 20

const waiting: Waiting = {
  told: () => {},
  busy: () => {},
  stopped: () => false,
  now: ticking,
  sleep: (ms) => new Promise((go) => setTimeout(go, ms)),
  random: Math.random,
}

/** What the door says to somebody who is let in. Rejects with what it refuses for good, and with `Stopped`. */
export async function enter<T>(door: Door<T>, how: Partial<Waiting> = {}): Promise<T> {
  const way = { ...waiting, ...how }
  let proof: { of: string; bits: number; nonce: string } | undefined
  let ticket = await unlessBusy(door.ask, way)
  for (let refusals = 0; ; refusals++) {
    way.told(ticket)
    const asked = way.now()
    if (proof?.of !== ticket.ticket || proof.bits < ticket.bits) {
      const { nonce } = await prove(ticket.ticket, ticket.bits, { stopped: way.stopped })
      proof = { of: ticket.ticket, bits: ticket.bits, nonce }
    }
    const left = ticket.wait_s * 1000 - (way.now() - asked)
    if (left > ASK_AGAIN_MS) {
      await rest(left / 2, way)
      ticket = await unlessBusy(door.ask, way)
      refusals = 0
      continue
    }
    await rest(left, way)
    try {
      return await unlessBusy(() => door.take({ ticket: ticket.ticket, proof: proof!.nonce }), way)
    } catch (error) {
      const { code, members } = refusal(error)
      if (refusals >= MOST_REFUSALS) throw error
      if (code === 'trade/ticket-early') ticket = { ...ticket, wait_s: Number(members.wait_s) }
      else if (code === 'trade/work-missing') ticket = { ...ticket, bits: Number(members.bits), wait_s: 0 }
      else if (code === 'trade/ticket-invalid') ticket = await unlessBusy(door.ask, way)
      else throw error
    }
  }
}

/** So long, by the clock or by what was slept, whichever is sooner: a clock that is set back holds nobody up. */
async function rest(ms: number, way: Waiting): Promise<void> {
  const begun = way.now()
  let slept = 0
  for (let left = ms; left > 0; left = ms - Math.max(slept, way.now() - begun)) {
    const slice = Math.min(left, SLICE_MS)
    await way.sleep(slice)
    if (way.stopped()) throw new Stopped()
    slept += slice
  }
}

/** Again, a little later, where the server is too busy for it; those who are sent back do not return at one moment. */
async function unlessBusy<R>(send: () => Promise<R>, way: Waiting): Promise<R> {
  for (let sent = 1; ; sent++) {
    try {
      return await send()
    } catch (error) {
      const { code, members } = refusal(error)
      if (sent === MOST_REFUSALS || !BUSY.includes(code)) throw error
      const seconds = Number(members.retry_after_s ?? 1) * (1 + way.random())
      way.busy(seconds)
      await rest(seconds * 1000, way)
      way.busy(null)
    }
  }
}

function refusal(error: unknown): { code?: string; members: Record<string, unknown> } {
  const { code, members } = (error ?? {}) as { code?: string; members?: Record<string, unknown> }
  return { code, members: members ?? {} }
}
