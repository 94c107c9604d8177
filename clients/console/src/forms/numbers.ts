/**
 * Reads what people type for a number, and never guesses: what has two meanings is asked about, what has none is
 * named. Whatever is typed stays in the field; only what is certain becomes a value.
 */

/** `decimals` places at most; the value is the number times ten to that power, and so an integer. */
export interface Shape {
  decimals: number
  min?: number
  max?: number
  /** Words that may stand behind the number, such as 件. */
  units?: readonly string[]
}

/** A catalogue key under `number.`. */
export type Fault = 'number' | 'whole' | 'decimals' | 'negative' | 'small' | 'large' | 'comma'

export type Reading =
  | { kind: 'empty' }
  | { kind: 'value'; value: number }
  /** `choices`: what it may mean, in figures, where that is a question. */
  | { kind: 'fault'; fault: Fault; params: Record<string, string | number>; choices: string[] }

// 人民币, 人民幣; 元 圓 圆 块 塊
const CURRENCY = /^(?:¥|rmb|cny|\u4eba\u6c11[\u5e01\u5e63])\s*/i
const MONEY_WORDS = ['\u5143', '\u5713', '\u5706', '\u5757', '\u584a', '¥', 'rmb', 'cny']
const PLAIN = /^(?:\d+(?:\.\d*)?|\.\d+)$/
const GROUPED = /^\d{1,3}(?:([, '])\d{3})(?:\1\d{3})*(?:\.\d*)?$/
const MOST_DIGITS = 12

/** Full-width figures, invisible characters, dashes, the full stop of a Chinese keyboard, currency and units. */
export function tidy(text: string, units: readonly string[] = []): string {
  let tidied = text.normalize('NFKC').replace(/[\p{Cf}\p{M}]/gu, '').replace(/[\u2212\u2012-\u2015]/g, '-')
  tidied = tidied.replace(/(\d)\u3002(?=\d|$)/g, '$1.').trim()
  const sign = /^[+-]/.exec(tidied)?.[0] ?? ''
  let body = tidied.slice(sign.length).trim().replace(CURRENCY, '')
  for (const unit of [...MONEY_WORDS, ...units]) {
    if (unit && /\d/.test(body) && body.toLowerCase().endsWith(unit.toLowerCase())) body = body.slice(0, -unit.length).trim()
  }
  return (sign === '-' ? '-' : '') + body
}

export function readNumber(text: string, shape: Shape): Reading {
  const tidied = tidy(text, shape.units)
  if (tidied === '') return { kind: 'empty' }
  const negative = tidied.startsWith('-')
  const body = negative ? tidied.slice(1).trim() : tidied
  if (PLAIN.test(body)) return scaled(body, negative, shape)
  if (GROUPED.test(body)) return scaled(body.replace(/[, ']/g, ''), negative, shape)
  const choices = meanings(body, negative, shape)
  return choices.length ? fault('comma', { typed: text.trim() }, choices) : fault('number')
}

/** "12,50" is 12.50 to some and 1250 to others; "1.234,50" has one meaning, but not here. */
function meanings(body: string, negative: boolean, shape: Shape): string[] {
  if (!/^[\d.,]+$/.test(body) || !body.includes(',')) return []
  const comma = body.lastIndexOf(',')
  const readings = [
    `${body.slice(0, comma).replace(/[.,]/g, '')}.${body.slice(comma + 1)}`,
    body.replace(/,/g, ''),
  ]
  const certain = readings.filter((each) => PLAIN.test(each) && scaled(each, negative, shape).kind === 'value')
  return [...new Set(certain)].map((each) => (negative ? `-${each}` : each))
}

function scaled(plain: string, negative: boolean, { decimals, min = 0, max }: Shape): Reading {
  const [whole = '', part = ''] = plain.split('.')
  const places = part.replace(/0+$/, '')
  if (places.length > decimals) return fault(decimals === 0 ? 'whole' : 'decimals', { n: decimals })
  const digits = `${whole}${places.padEnd(decimals, '0')}`.replace(/^0+(?=\d)/, '')
  if (digits.length > MOST_DIGITS) return fault('large', { n: textOf(max ?? 10 ** MOST_DIGITS - 1, decimals) })
  const value = negative && Number(digits) !== 0 ? -Number(digits) : Number(digits)
  if (value < min) return min === 0 ? fault('negative') : fault('small', { n: textOf(min, decimals) })
  if (max !== undefined && value > max) return fault('large', { n: textOf(max, decimals) })
  return { kind: 'value', value }
}

function fault(key: Fault, params: Record<string, string | number> = {}, choices: string[] = []): Reading {
  return { kind: 'fault', fault: key, params, choices }
}

/** 1250 with two decimals → "12.50"; `bare` leaves out zeros behind the point. */
export function textOf(value: number, decimals: number, bare = false): string {
  const digits = String(Math.abs(value)).padStart(decimals + 1, '0')
  const places = decimals ? digits.slice(-decimals) : ''
  const shown = bare ? places.replace(/0+$/, '') : places
  return `${value < 0 ? '-' : ''}${digits.slice(0, digits.length - decimals)}${shown ? `.${shown}` : ''}`
}
