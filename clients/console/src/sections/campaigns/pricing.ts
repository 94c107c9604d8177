/**
 * Discounts are held as the share of the price that is kept, in ten-thousandths: 9折 and "10 % off"
 * are both 9000. All arithmetic is on integers.
 */
export const WHOLE = 10_000

/** The discounted unit price, rounded half up to a fen. */
export function discountedFen(fen: number, kept: number): number {
  return Math.floor((fen * kept + WHOLE / 2) / WHOLE)
}

/** `percent` of an amount, rounded half up to a fen: what goes back to an initiator. */
export function shareOf(fen: number, percent: number): number {
  return discountedFen(fen, percent * 100)
}

/**
 * Reads a discount the way the language writes it: in Chinese 9 (9折) or 8.5 or 85 (both 85 % of the
 * price), in English the per cent taken off. Null when it is no discount.
 */
export function parseDiscount(text: string, locale: string): number | null {
  const match = /^(\d{1,2})(?:\.(\d{1,2}))?$/.exec(text.trim())
  if (!match) return null
  const hundredths = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
  const kept = locale === 'en' ? WHOLE - hundredths : keptOfFold(hundredths)
  return kept > 0 && kept < WHOLE ? kept : null
}

function keptOfFold(hundredths: number): number {
  return hundredths >= 1000 ? hundredths : hundredths * 10
}

/** 8500 → "8.5" (折) or "15" (% off). */
export function discountText(kept: number, locale: string): string {
  return locale === 'en' ? trimmed(WHOLE - kept, 2) : trimmed(kept, 3)
}

function trimmed(value: number, decimals: number): string {
  const unit = 10 ** decimals
  const rest = String(value % unit).padStart(decimals, '0').replace(/0+$/, '')
  return `${Math.floor(value / unit)}${rest ? `.${rest}` : ''}`
}
