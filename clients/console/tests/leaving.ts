import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import ElementPlus from 'element-plus'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import { expect } from 'vitest'
import { asked } from '@/components/confirm'
import { i18n } from '@/i18n'

/** The ways out of a page. A tab that closes or loads again asks by itself: it only says that it wants to. */
export const WAYS = ['menu', 'back', 'reload'] as const
type Way = (typeof WAYS)[number]

/** The page of a form, come to from another page. */
export async function formPage(part: object) {
  const other = { render: () => null }
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: other }, { path: '/menu', component: other }, { path: '/form', component: part }] })
  await router.push('/')
  await router.push('/form')
  const wrapper = mount(RouterView, { global: { plugins: [router, ElementPlus, i18n], stubs: { ElSelect: true, ElOption: true, ElDatePicker: true, ShopperPreview: true } }, attachTo: document.body })
  await flushPromises()

  /** Whether somebody who leaves this way is asked; the answer is that they stay. */
  async function asks(way: Way): Promise<boolean> {
    if (way === 'reload') return !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))
    if (way === 'back') router.back()
    else void router.push('/menu')
    await flushPromises()
    const was = asked.value !== null
    asked.value?.answer(null)
    await flushPromises()
    expect(router.currentRoute.value.path === '/form').toBe(was)
    return was
  }
  return { wrapper, asks }
}

export const type = async (wrapper: VueWrapper, hook: string, text: string): Promise<void> => {
  const found = wrapper.find(`[data-test=${hook}]`)
  await (found.element.tagName === 'INPUT' ? found : found.find('input')).setValue(text)
}
