import ElementPlus from 'element-plus'
import { mount } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import PaidSubject from '@/components/PaidSubject.vue'
import { lookAt } from '@/looks'

vi.mock('@/looks', () => ({ lookAt: vi.fn() }))
const shown = (purpose: string) => mount(PaidSubject, { props: { purpose, id: 'o1', number: '2611220001' }, global: { plugins: [ElementPlus] } })

test('an order opens at a click', async () => {
  await shown('trade.order').get('button').trigger('click')
  expect(lookAt).toHaveBeenCalledWith('order', 'o1')
})

test('of something else only the number shows', () => {
  const other = shown('club.membership')
  expect(other.text()).toBe('2611220001')
  expect(other.find('button').exists()).toBe(false)
})
