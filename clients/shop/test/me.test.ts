import { flushPromises, mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { t } from '@/core/i18n'
import { keepSession, session } from '@/core/session'
import MePage from '@/pages/me/index.vue'
import { fake } from './setup'

const user = { id: 'u', nickname: '小明', avatar: 'a01', phone_masked: null, has_wechat: false, created_at: '' }

it('keeps a nickname that was refused, to be put right', async () => {
  keepSession({ token: 'x', expires_at: '', device: 'd', user })
  fake.answer = ({ data }) => {
    const { nickname } = data as { nickname: string }
    return nickname.length > 20 ? { statusCode: 422, data: { code: 'accounts/bad-nickname' } } : { statusCode: 200, data: { ...user, nickname } }
  }
  const typed = ['長'.repeat(30), '\u202e長\u2028名\u202c']
  const offered: string[] = []
  vi.stubGlobal('uni', {
    ...uni,
    showModal: (o: { content: string; success: (r: object) => void }) => {
      offered.push(o.content)
      o.success({ confirm: true, content: typed.shift() ?? o.content })
    },
  })
  await mount(MePage).find('.t-me').trigger('click')
  await flushPromises()
  expect(offered).toEqual(['小明', '長'.repeat(30)])
  expect(fake.toasts.at(-1)).toBe(t('problem.accounts.bad-nickname'))
  expect(session.user?.nickname).toBe('長 名')
})
