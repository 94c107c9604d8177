function randomBytes(): number[] {
  // #ifdef H5
  if (typeof crypto !== 'undefined') return [...crypto.getRandomValues(new Uint8Array(16))]
  // #endif
  return Array.from({ length: 16 }, () => Math.floor(Math.random() * 256))
}

/** A version 4 UUID. Good enough to tell requests apart; never used as a secret. */
export function uuid(): string {
  const b = randomBytes()
  b[6] = (b[6]! & 0x0f) | 0x40
  b[8] = (b[8]! & 0x3f) | 0x80
  const hex = b.map((x) => x.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
