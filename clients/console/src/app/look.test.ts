import { flushPromises, mount } from '@vue/test-utils'
import ElementPlus from 'element-plus'
import { defineComponent, h } from 'vue'
import { beforeEach, expect, it, vi } from 'vitest'
import { i18n } from '@/i18n'
import { lookAt } from '@/looks'
import type { Permission } from '@/session/session'
import { signInAs } from '@tests/people'
import LookHost from './LookHost.vue'

const asked = vi.fn(async () => ({ __esModule: true, default: defineComponent({ props: { id: { type: String, default: '' } }, setup: (props) => () => h('p', { 'data-test': 'order' }, props.id) }) }))
vi.mock('vue-router', () => ({ useRoute: () => ({ path: '/' }) }))
vi.mock('./sections', () => ({ lookOf: () => ({ needs: 'orders:read', load: asked }) }))

async function look(permissions: Permission[]) {
  signInAs('ann', permissions)
  lookAt('order', 'o1')
  const host = mount(LookHost, { global: { plugins: [ElementPlus, i18n], stubs: { teleport: true, transition: true, ElDialog: { props: ['modelValue'], template: '<div v-if="modelValue"><slot /></div>' } } } })
  await flushPromises()
  return host
}

beforeEach(() => asked.mockClear())

it('shows what somebody may see', async () => {
  const host = await look(['orders:read'])
  expect(host.find('[data-test=order]').text()).toBe('o1')
})

it('says in plain words what somebody may not see, and asks nobody for it', async () => {
  const host = await look(['refunds:read'])
  expect(host.find('[data-test=look-refused]').exists()).toBe(true)
  expect(host.find('[data-test=order]').exists()).toBe(false)
  expect(asked).not.toHaveBeenCalled()
})
