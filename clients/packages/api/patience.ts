/**
 * Sends again what failed without anybody's fault: a server that restarts, a connection that broke. Only what can be
 * sent twice is: reading, and what carries an Idempotency-Key, with the same key. The caller says so.
 *
 * A web server before ours has tried its other instances by the time it answers, and says when to come again: then once
 * more is enough, at that time. Where nobody says anything, twice, soon.
 */
export interface Reply {
  /** 0: no answer came. */
  status: number
  /** The answer's Retry-After, as it came. */
  retryAfter?: string | null
}

const AWAY: readonly number[] = [0, 502, 503, 504]
const SOON_MS = [300, 1000]
const LONGEST_MS = 5000
/** Many clients lose their connection at the same moment; they do not come back at the same moment. */
const SPREAD = 0.5

/** How long to wait before the `sent`-th repetition (from 0 on), ms; null: it is not sent again. */
export function pauseBefore(sent: number, reply: Reply, random: () => number = Math.random): number | null {
  if (!AWAY.includes(reply.status)) return null
  const told = reply.retryAfter ? Number(reply.retryAfter) * 1000 : NaN
  const pause = Number.isNaN(told) ? SOON_MS[sent] : sent === 0 && told <= LONGEST_MS ? Math.max(told, SOON_MS[0]!) : undefined
  return pause === undefined ? null : pause * (1 + SPREAD * random())
}

/** `send` until it is answered, as often as `pauseBefore` allows. It rejects only with what is not worth a repetition. */
export async function patiently<R extends Reply>(send: () => Promise<R>, wait = waitMs): Promise<R> {
  for (let sent = 0; ; sent++) {
    const reply = await send()
    const pause = pauseBefore(sent, reply)
    if (pause === null) return reply
    await wait(pause)
  }
}

const waitMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
