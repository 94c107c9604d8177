import { describe, expect, it, vi } from 'vitest'
import vectors from '../../packages/api/proof-vectors.json'
import { hasher, prove, Stopped, zeroBits } from '../../packages/api/proof-of-work'

const hex = (state: Uint32Array): string => Array.from(state, (w) => w.toString(16).padStart(8, '0')).join('')

describe('proof of work', () => {
  it('computes SHA-256, whatever the length of prefix and rest', async () => {
    for (const length of [0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 128, 200]) {
      const prefix = 'x'.repeat(length)
      const wanted = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(prefix + 'nonce'))
      const bytes = Array.from(new Uint8Array(wanted), (b) => b.toString(16).padStart(2, '0')).join('')
      expect(hex(hasher(prefix)('nonce'))).toBe(bytes)
    }
  })

  it('finds a number whose hash begins with enough zeros', async () => {
    const { challenge, nonce } = await prove('12.1780000000.abc.def', 12)
    expect(zeroBits(hasher('')(`${challenge}:${nonce}`))).toBeGreaterThanOrEqual(12)
    expect(zeroBits(hasher('')(`${challenge}:${nonce}x`))).toBeLessThan(12)
  })

  it.each(vectors)('counts the zeros of $nonce as the server does', ({ challenge, nonce, bits }) => {
    expect(zeroBits(hasher(`${challenge}:`)(nonce))).toBe(bits)
  })

  it.each(vectors.filter((vector) => 'first' in vector))('finds $nonce, as the server expects', async ({ challenge, nonce, first }) => {
    expect(await prove(challenge, first!)).toEqual({ challenge, nonce })
  })

  it('lets the page go on after each slice of time, however slow the device is', async () => {
    let now = 0
    const slices: number[] = []
    let begun = 0
    const pause = vi.fn(() => {
      slices.push(now - begun)
      begun = now
      return Promise.resolve()
    })
    // each look at the clock finds that 64 hashes took two milliseconds
    await prove('slow', 12, { now: () => (now += 2), pause })
    expect(pause).toHaveBeenCalled()
    expect(Math.max(...slices)).toBeLessThanOrEqual(10 + 2 * 2)
  })

  it('ends when nobody waits for it any more', async () => {
    let now = 0
    const stopped = vi.fn(() => stopped.mock.calls.length > 3)
    await expect(prove('never', 256, { now: () => (now += 5), pause: () => Promise.resolve(), stopped })).rejects.toThrow(Stopped)
    expect(stopped).toHaveBeenCalledTimes(4)
  })
})
