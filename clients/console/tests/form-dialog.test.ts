import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import ElementPlus from 'element-plus'
import { defineComponent, h, nextTick, ref, watch } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { asked } from '@/components/confirm'
import ConfirmHost from '@/components/ConfirmHost.vue'
import FormDialog from '@/components/FormDialog.vue'
import { useClosing } from '@/forms/useUnsaved'
import { i18n } from '@/i18n'
import { signInAs } from './people'
import { sources } from './sources'

const open = ref(false)
const typed = ref('')
const expanded = ref(false)
/** Whether what shows it moves the cursor before it stands. */
const early = ref(false)
const sent = vi.fn()

const Page = defineComponent(() => {
  watch(open, async (now) => {
    await nextTick()
    if (now && early.value) document.querySelector<HTMLInputElement>('#field')!.focus()
  })
  const close = useClosing(() => open.value && typed.value !== '', () => (open.value = false), () => (typed.value = ''))
  const box = () => h('input', { id: 'box', role: 'combobox', 'aria-expanded': String(expanded.value), onKeydown: (event: Event) => event.stopPropagation() })
  const field = () => h('input', { id: 'field', value: typed.value, onInput: (event: Event) => (typed.value = (event.target as HTMLInputElement).value) })
  return () => [
    h('button', { id: 'opener', onClick: () => (open.value = true) }, 'more'),
    h(FormDialog, { open: open.value, title: 'More', act: 'Save', actTest: 'save', onClose: close, onSubmit: sent }, { default: () => (open.value ? [field(), box()] : []) }),
    h(ConfirmHost),
  ]
})

const idOf = (): string => document.activeElement?.id ?? ''
const escape = (): boolean => document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', code: 'Escape', bubbles: true, cancelable: true }))
let page: VueWrapper

async function opened(): Promise<void> {
  const opener = document.querySelector<HTMLButtonElement>('#opener')!
  opener.focus()
  opener.click()
  await vi.waitFor(() => expect(idOf()).toBe('field'))
}
const closed = () => vi.waitFor(() => expect([open.value, idOf()]).toEqual([false, 'opener']))

beforeEach(async () => {
  HTMLDialogElement.prototype.showModal ??= vi.fn()
  open.value = false
  typed.value = ''
  early.value = false
  sent.mockClear()
  signInAs('ann')
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: { render: () => null } }] })
  page = mount(Page, { global: { plugins: [router, ElementPlus, i18n], stubs: { transition: false } }, attachTo: document.body })
  await flushPromises()
})
afterEach(() => {
  asked.value?.answer(null)
  page.unmount()
  document.body.innerHTML = ''
})

describe('a form in a dialog', () => {
  it('begins in its first field, and Esc with nothing typed goes back to what opened it', async () => {
    await opened()
    escape()
    await closed()
    expect(asked.value).toBeNull()
  })

  it('goes back there too where the cursor was moved early, and what had it went with the dialog', async () => {
    early.value = true
    await opened()
    escape()
    await closed()
  })

  it.each([
    ['Esc', escape],
    ['the cross', () => document.querySelector<HTMLButtonElement>('.el-dialog__headerbtn')!.click()],
    ['the safe button', () => document.querySelector<HTMLButtonElement>('.foot .el-button')!.click()],
  ])('asks when %s would lose what is typed, and closes or stays as it is answered', async (_, leave) => {
    await opened()
    typed.value = '4'
    leave()
    await vi.waitFor(() => expect(asked.value).not.toBeNull())
    asked.value!.answer(null)
    await flushPromises()
    expect([open.value, typed.value]).toEqual([true, '4'])
    document.querySelector<HTMLInputElement>('#field')!.focus()
    leave()
    await vi.waitFor(() => expect(asked.value).not.toBeNull())
    asked.value!.answer(0)
    await closed()
    expect(typed.value).toBe('')
  })

  it('hears Esc in a list of choices that is not open, and leaves it to one that is', async () => {
    await opened()
    const box = document.querySelector<HTMLInputElement>('#box')!
    box.focus()
    expanded.value = true
    await flushPromises()
    escape()
    await new Promise((resolve) => setTimeout(resolve))
    expect(open.value).toBe(true)
    expanded.value = false
    await flushPromises()
    escape()
    await closed()
  })

  it('is sent by Enter in its field: its button is the form\'s', async () => {
    await opened()
    const button = document.querySelector<HTMLButtonElement>('[data-test=save]')!
    expect([button.type, button.getAttribute('form')]).toEqual(['submit', document.querySelector('form.body')!.id])
    document.querySelector('form.body')!.dispatchEvent(new Event('submit', { cancelable: true }))
    expect(sent).toHaveBeenCalledOnce()
  })
})

describe('every dialog and drawer', () => {
  const dialogs = sources.filter(({ code }) => /<el-(dialog|drawer)\b/.test(code))

  it('was found', () => expect(dialogs.length).toBeGreaterThan(4))

  it.each(dialogs)('$path hears Esc and has a cross', ({ code }) => {
    expect(code).not.toMatch(/close-on-press-escape="false"|show-close="false"/)
  })

  it.each(dialogs)('$path says who decides that it closes', ({ code }) => {
    expect(code).toMatch(/:before-close=|@close=/)
  })
})
