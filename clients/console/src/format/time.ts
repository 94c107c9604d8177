/**
 * The one place that makes dates: everything else asks here, or the server's clock (live/serverClock.ts), for the time.
 * Times travel in UTC and are shown in China's time, whatever the device's zone is.
 */
export const ZONE = 'Asia/Shanghai'
const OFFSET = '+08:00' // China has had no daylight saving time since 1991

const parts = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

/** A moment → the wall clock in China, "2026-11-22T18:30:00". */
export function toWallTime(moment: string | number): string {
  const found = Object.fromEntries(parts.formatToParts(new Date(moment)).map((p) => [p.type, p.value]))
  return `${found.year}-${found.month}-${found.day}T${found.hour}:${found.minute}:${found.second}`
}

/** The wall clock in China → UTC, "2026-11-22T10:30:00Z". */
export function fromWallTime(wall: string): string {
  return new Date(`${wall}${OFFSET}`).toISOString().replace('.000Z', 'Z')
}

const two = (value: number): string => String(value).padStart(2, '0')

/** For the date picker, which speaks in the device's dates: the one whose figures are this wall clock's. */
export function wallDate(wall: string): Date {
  const [date = '', time = ''] = wall.split('T')
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  const [hour = 0, minute = 0, second = 0] = time.split(':').map(Number)
  return new Date(year, month - 1, day, hour, minute, second)
}

/** What people type for a moment → the wall clock, "2026-11-22T18:30:00"; null where there is no such minute. */
export function readWallTime(typed: string): string | null {
  const found = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(typed.normalize('NFKC').trim())
  if (!found) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1).map((each) => Number(each ?? 0))
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  if (month < 1 || month > 12 || day < 1 || day > last || hour > 23 || minute > 59 || second > 59) return null
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`
}

/** The day that a cell of the date picker stands for, "2026-11-22". */
export const dayOfCell = (cell: Date): string => `${cell.getFullYear()}-${two(cell.getMonth() + 1)}-${two(cell.getDate())}`

/** "2026-11-22 18:30" */
export function formatMoment(moment: string | null | undefined): string {
  if (!moment) return ''
  return toWallTime(moment).slice(0, 16).replace('T', ' ')
}

export type AgeUnit = 'second' | 'minute' | 'hour' | 'day'

/** A length of time as one or two units, largest first: 93 600 s → [[1, day], [2, hour]]. */
export function spanOf(seconds: number): [number, AgeUnit][] {
  const left = Math.max(0, Math.floor(seconds))
  if (left < 60) return [[left, 'second']]
  if (left < 3600) return [[Math.floor(left / 60), 'minute']]
  const big: [number, AgeUnit][] =
    left < 86_400
      ? [[Math.floor(left / 3600), 'hour'], [Math.floor((left % 3600) / 60), 'minute']]
      : [[Math.floor(left / 86_400), 'day'], [Math.floor((left % 86_400) / 3600), 'hour']]
  return big.filter(([count]) => count > 0)
}

/** A countdown for a clock face: 93 784 s → "26:03:04". */
export function clockFace(seconds: number): string {
  const left = Math.max(0, Math.floor(seconds))
  return `${two(Math.floor(left / 3600))}:${two(Math.floor((left % 3600) / 60))}:${two(left % 60)}`
}
