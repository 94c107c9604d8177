import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import CutText from '@/lists/CutText.vue'
import { sources } from './sources'

/** What somebody typed, shown as it is: a name of two hundred letters would fill the screen. */
const BARE = /\{\{[^{}]*(\.(name|login|nickname|note|remark)|_name)\b[^{}]*\}\}/g
const rows = sources.filter(({ code }) => code.includes('<DataTable'))

describe('what somebody typed, in a row of a list', () => {
  it.each(rows)('is cut in $path', ({ code }) => expect(code.match(BARE) ?? []).toEqual([]))

  it('that is not would be seen', () => {
    expect('<p>{{ text(row.product_name) }} {{ one.name }} {{ row.figures.units }}</p>'.match(BARE)).toHaveLength(2)
    expect(rows.length).toBeGreaterThan(9)
  })

  it.each(['x'.repeat(200), '山'.repeat(200)])('is there whole for who points at it', (words) => {
    const cut = mount(CutText, { props: { words }, attrs: { class: 'strong' } })
    expect(cut.attributes()).toMatchObject({ title: words, class: expect.stringContaining('strong') })
  })
})
