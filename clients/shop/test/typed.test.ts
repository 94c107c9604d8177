import '@/pages-user/texts'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { nextTick, reactive } from 'vue'
import CtField from '@/components/ct-field.vue'
import { askedToPay, toPay } from '@/core/cashier'
import { useDraft } from '@/core/draft'
import { t } from '@/core/i18n'
import { keepSession } from '@/core/session'
import { digits, seen } from '@/core/typed'
import { useCheckout } from '@/pages-order/checkout/use-checkout'
import { addressFaults } from '@/pages-user/address/use-address'
import { order, product } from './samples'
import { fake } from './setup'

const person = (id: string) => keepSession({ token: id, expires_at: '', device: 'd', user: { id, nickname: 'n', avatar: 'a01', phone_masked: null, has_wechat: false, created_at: '' } })
const address = { name: '王', phone: '13900001111', province_code: '440000', province: '廣東省', city: '深圳市', district: '', detail: '路 1 號', is_default: false }

describe('what is typed', () => {
  it.each([
    ['１３９　００００　１１１１', '13900001111'],
    ['\u202d139-0000-1111\u202c', '13900001111'],
    ['139\u200d0000\u200c1111', '13900001111'],
    ['+886 (0)912 345 678', '+8860912345678'],
    ['138\ufe0d0000\ufe0f1111', '13800001111'],
  ])('%s is read as %s', (typed, meant) => expect(digits(typed)).toBe(meant))

  it.each([
    ['\u202d王\u200b小\u2028明\u202c', '王小 明'],
    ['路 1 號\u0007\u000b2 樓\u0085', '路 1 號 2 樓'],
    ['👨\u200d🌾 𠮷野家', '👨\u200d🌾 𠮷野家'],
  ])('the line %j is read as %j', (typed, meant) => expect(seen(typed)).toBe(meant))

  it.each(['１３９００００１１１１', '139 0000 1111', '+852 5123 4567', '0086 139'])('an address takes or marks %s, and never changes it', (phone) => {
    expect(addressFaults({ ...address, phone }).phone ?? '').toBe(phone === '0086 139' ? t('address.badPhone') : '')
  })
  it('marks every field that needs something at once', () => {
    expect(Object.keys(addressFaults({ ...address, name: ' ', detail: '', city: '長'.repeat(41) }))).toEqual(['name', 'detail', 'city'])
  })
  it('is never cut: what is too long is marked with a sentence', () => {
    const field = mount(CtField, { props: { label: 'x', value: '字'.repeat(5), most: 4, hook: 't-x' } })
    expect(field.find('input').attributes('maxlength')).toBe('-1')
    expect(field.find('.error').text()).toBe(t('ui.tooLong', { n: 4 }))
    expect(field.find('input').attributes('data-aria-describedby')).toBe(field.find('.error').attributes('id'))
  })
})

describe('a draft', () => {
  beforeEach(() => sessionStorage.clear())
  it('outlives the page for the same account, until it is dropped, and another account never sees it', async () => {
    person('u1')
    const first = reactive({ text: '' })
    const draft = useDraft(first)
    expect(draft.start('form')).toBe(false)
    first.text = '請放門口'
    await nextTick()
    const again = reactive({ text: '' })
    person('u2')
    expect(useDraft(again).start('form')).toBe(false)
    expect(again.text).toBe('')
    person('u1')
    expect(useDraft(again).start('form')).toBe(true)
    expect(again.text).toBe('請放門口')
    draft.drop()
    expect(useDraft(reactive({ text: '' })).start('form')).toBe(false)
  })
})

describe('paying', () => {
  it('goes on to the cashier when it was asked for, and not when the page is only opened again', () => {
    toPay('o1', () => {})
    expect(askedToPay('o1')).toBe(true)
    expect(askedToPay('o1')).toBe(false)
    toPay('o1', () => {})
    expect(askedToPay('o2')).toBe(false)
  })
  it.each([{ mode: 'foo', n: '1' }, { mode: 'solo', n: '1.5' }, { mode: 'solo', n: '0' }, { mode: 'solo', n: 'x' }])('is not begun with %o in its address', async (query) => {
    const c = useCheckout()
    c.start({ sku: 's1', product: 'p1', ...query })
    await c.load()
    expect(c.error.value).toMatchObject({ status: 404 })
    expect(c.ready.value).toBe(false)
  })
  it('is begun afresh for whoever signs in after the one who typed', async () => {
    person('u1')
    fake.answer = ({ url }) => ({ statusCode: 200, data: url.endsWith('/addresses') ? { items: [] } : url.includes('/catalog/') ? product() : { payable_fen: 1, tier_prices_fen: [] } })
    const c = useCheckout()
    c.start({ mode: 'solo', sku: 's1', n: '1', product: 'p1' })
    await c.load()
    c.typed.remark = '請放門口'
    person('u2')
    await c.load()
    expect(c.typed.remark).toBe('')
    person('u1')
    await c.load()
    expect(c.typed.remark).toBe('請放門口')
    c.typed.remark = ''
  })
  it('does not take an order that was given up for the one that is wanted now', async () => {
    person('u1')
    const keys: string[] = []
    const a = { ...address, id: 'a1' }
    fake.answer = ({ url, method, header }) => {
      if (url.endsWith('/preview')) return { statusCode: 200, data: { payable_fen: 1, deliverable: true, tier_prices_fen: [] } }
      if (url.endsWith('/addresses')) return { statusCode: 200, data: { items: [a] } }
      if (url.includes('/catalog/')) return { statusCode: 200, data: product() }
      if (method === 'POST') keys.push(header['Idempotency-Key']!)
      return { statusCode: 201, data: order({ id: `o${keys.length}`, status: keys.length === 1 ? 'cancelled' : 'pending_payment' }) }
    }
    const c = useCheckout()
    c.start({ mode: 'solo', sku: 's1', n: '1', product: 'p1' })
    await c.load()
    await flushPromises()
    expect((await c.submit())?.id).toBe('o2')
    expect(new Set(keys).size).toBe(2)
  })
})
