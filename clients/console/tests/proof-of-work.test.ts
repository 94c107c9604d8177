import { describe, expect, it } from 'vitest'
import { hasher, prove, zeroBits } from '../../packages/api/proof-of-work'

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
})
