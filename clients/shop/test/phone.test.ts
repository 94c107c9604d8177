import { mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import UniteSheet from '@/components/unite-sheet.vue'
import { currentCodeRequest, keepCodeRequest } from '@/core/code-request'
import { t } from '@/core/i18n'
import { keepSession, session } from '@/core/session'
import { usePhone } from '@/core/use-phone'
import { fake } from './setup'

const me = { id: 'u1', nickname: '小滿', avatar: 'a01', phone_masked: null, has_wechat: true, created_at: '' }
const other = { claim: 'sealed', nickname: '林小滿', avatar: 'a02', phone_masked: '138****0000' }
const united = { ...me, id: 'u0', nickname: '林小滿', phone_masked: '138****0000' }
const bound = vi.fn()

beforeEach(() => {
  fake.requests.length = 0
  fake.toasts.length = 0
  bound.mockClear()
  keepSession({ token: 'abc', expires_at: '', device: 'd', user: me })
  keepCodeRequest('13800000000', { request_id: 'r', retry_after_s: 60, expires_in_s: 300 })
})

it('offers to join the account that a proven phone belongs to, and has used the code up', async () => {
  fake.answer = () => ({ statusCode: 409, data: { code: 'accounts/phone-taken', ...other } })
  const phone = usePhone(bound)
  await phone.byCode('13800000000', '123456', 'r')
  expect(phone.other.value).toMatchObject(other)
  expect([fake.toasts, currentCodeRequest(), bound.mock.calls.length]).toEqual([[], null, 0])
})

it('keeps a code that was mistyped to be tried again, and the shopper signed in', async () => {
  fake.answer = () => ({ statusCode: 401, data: { code: 'accounts/wrong-code', attempts_left: 4 } })
  const phone = usePhone(bound)
  await phone.byCode('13800000000', '000000', 'r')
  expect(phone.other.value).toBeNull()
  expect([currentCodeRequest()?.requestId, session.token]).toEqual(['r', 'abc'])
})

it('does nothing when the shopper says no in WeChat', async () => {
  await usePhone(bound).byWechat('')
  expect(fake.requests).toEqual([])
})

it('asks before it unites, says what stays refused, and who one is afterwards', async () => {
  const sheet = mount(UniteSheet, { props: { other } })
  expect(sheet.find('.t-unite').text()).toContain(t('unite.whose', { phone: '138****0000', name: '林小滿' }))
  expect(sheet.text()).toContain(t('unite.forGood'))
  expect(fake.requests).toEqual([])
  fake.answer = () => ({ statusCode: 409, data: { code: 'accounts/union-expired' } })
  await press(sheet, '.t-unite-yes')
  expect(sheet.find('.t-unite-refused').text()).toBe(t('problem.accounts.union-expired'))
  fake.answer = () => ({ statusCode: 200, data: united })
  await press(sheet, '.t-unite-yes')
  expect(fake.requests.map((r) => [r.url, r.data])).toEqual(Array(2).fill(['/api/v1/accounts/me/union', { claim: 'sealed' }]))
  expect(sheet.find('.t-unite').text()).toBe(t('unite.doneText', { name: '林小滿' }))
  expect(session.user?.id).toBe('u0')
  await press(sheet, '.t-united')
  expect(sheet.emitted('united')).toHaveLength(1)
})

async function press(sheet: ReturnType<typeof mount>, hook: string): Promise<void> {
  await sheet.find(`${hook} button`).trigger('click')
  await new Promise((done) => setTimeout(done))
  await nextTick()
}
