import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync('src/theme/theme.css', 'utf8')
const colour = (name: string): string => new RegExp(`${name}: (#[0-9a-f]{6})`).exec(css)![1]!

const SURFACES = ['#ffffff', '#f6f5f2', '#efede8', '#fff8e6', '#fbf7ef', '#f9f8f5']
const TEXTS = ['--ct-ink', '--ct-muted', '--ct-action', '--ct-success', '--ct-warning', '--ct-danger', '--el-text-color-regular', '--el-text-color-secondary', '--el-text-color-placeholder']
const BUTTONS = ['--el-color-primary', '--el-color-primary-dark-2', '--el-color-danger', '--el-color-success']

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

/** WCAG 2.2, 1.4.3: text of ordinary size. */
const AA = 4.5

describe('words can be read', () => {
  it.each(TEXTS.flatMap((text) => SURFACES.map((surface) => [text, surface] as const)))('%s on %s', (text, surface) =>
    expect(contrast(colour(text), surface)).toBeGreaterThanOrEqual(AA))
  it.each(BUTTONS)('white on %s', (button) => expect(contrast('#ffffff', colour(button))).toBeGreaterThanOrEqual(AA))
  it('and a pale orange would be seen', () => expect(contrast('#ffffff', '#d9480f')).toBeLessThan(AA))
})
