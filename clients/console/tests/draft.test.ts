import { flushPromises, mount } from '@vue/test-utils'
import ElementPlus from 'element-plus'
import { computed, defineComponent, h, nextTick, ref } from 'vue'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import { beforeEach, describe, expect, it } from 'vitest'
import { asked } from '@/components/confirm'
import ConfirmHost from '@/components/ConfirmHost.vue'
import { dropDrafts, findDraft, storeDraft } from '@/forms/drafts'
import { useDraft, type Draft } from '@/forms/useDraft'
import { useClosing } from '@/forms/useUnsaved'
import { i18n } from '@/i18n'
import { forgetSession } from '@/session/session'
import { signInAs } from './people'

let text = ref('')
/** Whether something is typed that cannot be read. */
const unread = ref(false)
let draft: Draft<string> | undefined

const Form = defineComponent(() => {
  text = ref('')
  const mine = useDraft<string>('form', () => text.value, { any: computed(() => unread.value) })
  const earlier = mine.kept()
  if (earlier !== null) text.value = earlier
  mine.begin('')
  draft = mine
  return () => h('p', text.value)
})
const Other = defineComponent(() => () => h('p', 'other'))

async function page() {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/form', component: Form }, { path: '/', component: Other }] })
  await router.push('/form')
  const wrapper = mount(defineComponent(() => () => [h(RouterView), h(ConfirmHost)]), { global: { plugins: [router, ElementPlus, i18n] }, attachTo: document.body })
  await router.isReady()
  return { router, wrapper }
}

beforeEach(() => {
  sessionStorage.clear()
  unread.value = false
  signInAs('ann')
})

describe('a form that is not saved', () => {
  it('is not left by the menu or by Back unless that is wanted', async () => {
    const { router, wrapper } = await page()
    text.value = 'half a product'
    const leaving = router.push('/')
    await flushPromises()
    expect(asked.value).not.toBeNull()
    asked.value!.answer(null)
    await leaving
    expect(router.currentRoute.value.path).toBe('/form')

    const again = router.push('/')
    await flushPromises()
    asked.value!.answer(0)
    await again
    expect(router.currentRoute.value.path).toBe('/')
    expect(findDraft('ann', 'form')).toBeNull()
    wrapper.unmount()
  })

  it('is not left either with something in it that cannot be read', async () => {
    const { router, wrapper } = await page()
    unread.value = true
    const leaving = router.push('/')
    await flushPromises()
    expect(asked.value).not.toBeNull()
    asked.value!.answer(null)
    await leaving
    expect([router.currentRoute.value.path, findDraft('ann', 'form')]).toEqual(['/form', null])
    wrapper.unmount()
  })

  it('stays as it is when a dialog over it is closed with something typed', async () => {
    const { wrapper } = await page()
    text.value = 'half a product'
    let open = true
    let close = async (): Promise<void> => undefined
    const Dialog = defineComponent(() => {
      close = useClosing(() => open, () => (open = false))
      return () => h('p')
    })
    const over = mount(Dialog, { global: { plugins: [createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: Other }] }), i18n] } })
    const closing = close()
    expect(asked.value!.text).toContain('close')
    asked.value!.answer(0)
    await closing
    expect([open, draft!.dirty.value]).toEqual([false, true])
    over.unmount()
    wrapper.unmount()
  })

  it('asks nothing once it is saved, nor when nothing was typed', async () => {
    const { router, wrapper } = await page()
    text.value = 'x'
    text.value = ''
    await router.push('/')
    await router.push('/form')
    text.value = 'y'
    draft!.done()
    await router.push('/')
    expect([router.currentRoute.value.path, asked.value, findDraft('ann', 'form')]).toEqual(['/', null, null])
    wrapper.unmount()
  })

  it('is kept when the session ends, and is there again afterwards', async () => {
    const { router, wrapper } = await page()
    text.value = 'half a product'
    await nextTick()
    forgetSession('expired')
    await router.push('/')
    expect(asked.value).toBeNull()
    signInAs('ann')
    await router.push('/form')
    expect(text.value).toBe('half a product')
    expect(draft!.dirty.value).toBe(true)
    wrapper.unmount()
  })

  it('stops the tab from closing', async () => {
    const { wrapper } = await page()
    const closing = () => { const event = new Event('beforeunload', { cancelable: true }); window.dispatchEvent(event); return event.defaultPrevented }
    expect(closing()).toBe(false)
    text.value = 'x'
    expect(closing()).toBe(true)
    wrapper.unmount()
    expect(closing()).toBe(false)
  })
})

describe('drafts', () => {
  it('are seen by nobody else, and go when somebody else comes', () => {
    storeDraft('ann', 'form', 'mine')
    expect(findDraft('bob', 'form')).toBeNull()
    dropDrafts('ann')
    expect(findDraft('ann', 'form')).toBe('mine')
    dropDrafts('bob')
    expect(findDraft('ann', 'form')).toBeNull()
  })
})

describe('a question before something is lost', () => {
  it('has the focus on the safe button, and Esc is no', async () => {
    const { router, wrapper } = await page()
    text.value = 'x'
    const leaving = router.push('/')
    await flushPromises()
    await nextTick()
    expect((document.activeElement as HTMLElement).dataset.test).toBe('confirm-keep')
    document.querySelector('[data-test="confirm"]')!.dispatchEvent(new Event('cancel', { cancelable: true }))
    await leaving
    expect(router.currentRoute.value.path).toBe('/form')
    wrapper.unmount()
  })
})
