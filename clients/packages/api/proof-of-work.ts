/**
 * Work that the server asks of a device, after too many tries (`accounts/proof-needed`) or where many want the same at
 * once (a flash sale's ticket): a number with which SHA-256 of `challenge:number` begins with so many zero bits. SHA-256
 * is written out, because mini programs and pages without HTTPS have none of their own.
 */
export interface Proof {
  challenge: string
  nonce: string
}

/** How long a page may stand still, ms: less than a frame of its animation. */
const SLICE_MS = 10
/** A look at the clock costs about as much as a hash. */
const HASHES_BETWEEN_LOOKS = 64
const K = new Uint32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
])
const START = new Uint32Array([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19])
const words = new Uint32Array(64)

/** One round over the 64 bytes of `block` from `at` on; changes `state`. */
function digestBlock(state: Uint32Array, block: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i++) {
    const j = at + i * 4
    words[i] = (block[j]! << 24) | (block[j + 1]! << 16) | (block[j + 2]! << 8) | block[j + 3]!
  }
  for (let i = 16; i < 64; i++) {
    const a = words[i - 15]!
    const b = words[i - 2]!
    const s0 = ((a >>> 7) | (a << 25)) ^ ((a >>> 18) | (a << 14)) ^ (a >>> 3)
    const s1 = ((b >>> 17) | (b << 15)) ^ ((b >>> 19) | (b << 13)) ^ (b >>> 10)
    words[i] = words[i - 16]! + s0 + words[i - 7]! + s1
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i]! + words[i]!) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  const next = [a, b, c, d, e, f, g, h]
  for (let i = 0; i < 8; i++) state[i] = state[i]! + next[i]!
}

const bytesOf = (ascii: string): number[] => Array.from(ascii, (c) => c.charCodeAt(0))

/** SHA-256 of an ASCII text that may go on after `prefix`; the prefix is digested once. */
export function hasher(prefix: string): (rest: string) => Uint32Array {
  const head = new Uint8Array(bytesOf(prefix))
  const whole = head.length - (head.length % 64)
  const middle = START.slice()
  for (let at = 0; at < whole; at += 64) digestBlock(middle, head, at)
  const tail = Array.from(head.slice(whole))
  return (rest) => {
    const text = [...tail, ...bytesOf(rest)]
    const bits = (whole + text.length) * 8
    const block = new Uint8Array(text.length + 9 > 64 ? 128 : 64)
    block.set(text)
    block[text.length] = 0x80
    new DataView(block.buffer).setUint32(block.length - 4, bits)
    const state = middle.slice()
    for (let at = 0; at < block.length; at += 64) digestBlock(state, block, at)
    return state
  }
}

export function zeroBits(state: Uint32Array): number {
  const word = state.findIndex((w) => w !== 0)
  return word < 0 ? 256 : word * 32 + Math.clz32(state[word]!)
}

/** Whoever works was told to stop: nobody waits for the work any more. */
export class Stopped extends Error {}

export interface Working {
  now: () => number
  /** Lets others run. */
  pause: () => Promise<void>
  /** Asked in each pause; once it is true, the work ends with `Stopped`. */
  stopped: () => boolean
}

const working: Working = {
  now: () => Date.now(),
  pause: () => new Promise((go) => setTimeout(go, 0)),
  stopped: () => false,
}

/** Looks until it finds one, in slices between which the page goes on. Rejects with `Stopped`. */
export async function prove(challenge: string, bits: number, how: Partial<Working> = {}): Promise<Proof> {
  const { now, pause, stopped } = { ...working, ...how }
  const digest = hasher(`${challenge}:`)
  let until = now() + SLICE_MS
  for (let n = 0; ; n++) {
    if (zeroBits(digest(n.toString(36))) >= bits) return { challenge, nonce: n.toString(36) }
    if (n % HASHES_BETWEEN_LOOKS === HASHES_BETWEEN_LOOKS - 1 && now() >= until) {
      await pause()
      if (stopped()) throw new Stopped()
      until = now() + SLICE_MS
    }
  }
}

/** Too many tries may come between: the challenge is another one then. */
const MOST_ROUNDS = 3

/** Sends; where the server asks this device for work first, says so, does it and sends again. */
export async function withWork<T>(send: (proof?: Proof) => Promise<T>, onWork: () => void): Promise<T> {
  let proof: Proof | undefined
  for (let round = 0; ; round++) {
    try {
      return await send(proof)
    } catch (error) {
      const { code, members } = (error ?? {}) as { code?: string; members?: Record<string, unknown> }
      if (code !== 'accounts/proof-needed' || round === MOST_ROUNDS) throw error
      onWork()
      proof = await prove(String(members?.challenge), Number(members?.bits))
    }
  }
}
