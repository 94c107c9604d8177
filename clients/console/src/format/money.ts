/** Money is integer fen everywhere; only these functions turn it into text and back. */

/** 123456 → "¥1,234.56" */
export function formatFen(fen: number): string {
  const sign = fen < 0 ? '-' : ''
  return `${sign}¥${group(Math.trunc(Math.abs(fen) / 100))}.${cents(fen)}`
}

/** 123456 → "1234.56", for an input field. */
export function fenToYuanText(fen: number): string {
  return `${Math.trunc(Math.abs(fen) / 100)}.${cents(fen)}`
}

/** "12.5" → 1250; null when the text is not an amount with at most two decimals. */
export function parseYuan(text: string): number | null {
  const match = /^(\d{1,8})(?:\.(\d{1,2}))?$/.exec(text.trim().replace(/,/g, ''))
  if (!match) return null
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
}

function cents(fen: number): string {
  return String(Math.abs(fen) % 100).padStart(2, '0')
}

function group(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}
