/** Money is integer fen everywhere; this turns it into text; what people type is read by forms/numbers.ts. */

/** 123456 → "¥1,234.56" */
export function formatFen(fen: number): string {
  const sign = fen < 0 ? '-' : ''
  return `${sign}¥${group(Math.trunc(Math.abs(fen) / 100))}.${cents(fen)}`
}

function cents(fen: number): string {
  return String(Math.abs(fen) % 100).padStart(2, '0')
}

function group(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}
