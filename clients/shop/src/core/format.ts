/** Fen to yuan with two decimals, without the sign: 2990 → "29.90". Integers only, never float sums. */
export function yuan(fen: number): string {
  const abs = Math.abs(Math.trunc(fen))
  return `${fen < 0 ? '-' : ''}${Math.floor(abs / 100)}.${String(abs % 100).padStart(2, '0')}`
}

const two = (n: number) => String(n).padStart(2, '0')

export type Clock = { days: number; hms: string }
/** Milliseconds left as days and hh:mm:ss; never negative. Rounded up, so 0 means over. */
export function clockOf(ms: number): Clock {
  const s = Math.max(0, Math.ceil(ms / 1000))
  return { days: Math.floor(s / 86400), hms: [(s % 86400) / 3600, (s % 3600) / 60, s % 60].map((n) => two(Math.floor(n))).join(':') }
}

/** Milliseconds as an ISO time, which is how the server writes moments. */
export const instant = (ms: number): string => new Date(ms).toISOString()

/** ISO time (UTC) as the wall clock of Shanghai (UTC+8, no summer time): "2026-01-31 08:05". */
export function moment(iso: string | null | undefined): string {
  if (!iso) return ''
  const d = new Date(Date.parse(iso) + 8 * 3600e3)
  return `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`
}

/** "+8613800138000" → "138 0013 8000"; numbers of other places keep their country code. */
export function phoneText(phone: string): string {
  const mainland = /^(?:\+86)?(1\d{2})(\d{4})(\d{4})$/.exec(phone)
  return mainland ? mainland.slice(1).join(' ') : phone
}
