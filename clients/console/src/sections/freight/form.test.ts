import { flushPromises, mount } from '@vue/test-utils'
import ElementPlus from 'element-plus'
import { createMemoryHistory, createRouter } from 'vue-router'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { asked } from '@/components/confirm'
import { i18n } from '@/i18n'
import { forgetSession } from '@/session/session'
import { signInAs } from '@tests/people'
import ProductFreight from './ProductFreight.vue'
import TemplateForm from './TemplateForm.vue'
import TryOut from './TryOut.vue'
import type { Template } from './types'

const zone = { regions: [], first_units: 1, first_fen: 600, further_units: 1, further_fen: 200, free_from_fen: null, free_from_pieces: null }
const template = { id: 't1', version: 1, name: 'Parcels', unit: 'gram', zones: [zone], undelivered: [], products: 0 } as unknown as Template
let saved: unknown[]
vi.mock('./api', () => ({
  fetchTemplate: async () => JSON.parse(JSON.stringify(template)),
  createTemplate: async (body: unknown) => void saved.push(body),
  tryTemplate: async () => ({ freight_fen: 600 }),
  everyTemplate: async () => [template],
  fetchProductFreight: async () => ({ template_id: 't1', version: 1, weights: [{ sku_id: 's1', name: { en: 'one' }, grams: 500 }] }),
  saveProductFreight: async (_: string, body: unknown) => void saved.push(body),
}))

async function open(path: string, props: { id?: string } = {}) {
  const none = { component: { render: () => null } }
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/freight', name: 'freight', ...none }, { path: '/freight/new', name: 'freight-new', ...none }] })
  await router.push(path)
  const wrapper = mount(TemplateForm, { props, global: { plugins: [router, ElementPlus, i18n], stubs: { PageHead: true, ConflictDialog: true, ProvinceBoxes: true, TryOut: true } } })
  await flushPromises()
  const press = async (hook: string) => {
    await wrapper.find(`[data-test=${hook}]`).trigger('click')
    await flushPromises()
  }
  return { wrapper, router, press, name: () => wrapper.find('input[data-test=freight-name]') }
}

beforeEach(() => {
  sessionStorage.clear()
  signInAs('ann')
  saved = []
  asked.value = null
})

describe('a template that is typed', () => {
  it('is there again after the session ended', async () => {
    const first = await open('/freight/new')
    await first.name().setValue('Half a template')
    forgetSession('expired')
    first.wrapper.unmount()
    signInAs('ann')
    const { wrapper, name } = await open('/freight/new')
    expect([(name().element as HTMLInputElement).value, wrapper.find('[data-test=draft-restored]').exists()]).toEqual(['Half a template', true])
    await wrapper.find('[data-test=draft-discard]').trigger('click')
    await flushPromises()
    expect((name().element as HTMLInputElement).value).toBe('')
    wrapper.unmount()
  })

  it.each(['/freight/new', '/freight/new?copy=t1'])('is nothing to lose while nobody touched it: %s', async (path) => {
    const { wrapper, router, name } = await open(path)
    await router.push('/freight')
    expect([router.currentRoute.value.path, asked.value]).toEqual(['/freight', null])
    await router.push(path)
    await name().setValue('x')
    void router.push('/freight')
    await flushPromises()
    expect(asked.value).not.toBeNull()
    wrapper.unmount()
  })

  it('names what is wrong at its field', async () => {
    const { wrapper, press } = await open('/freight/new')
    await wrapper.find('input[data-test=freight-name]').setValue('x')
    await wrapper.find('input[data-test=zone-further-fen-0]').setValue('1')
    await wrapper.find('input[data-test=zone-first-fen-0]').setValue('abc')
    await wrapper.find('input[data-test=zone-first-0]').setValue('9999999')
    await wrapper.find('input[data-test=zone-free-fen-0]').setValue('0')
    await press('freight-save')
    expect(wrapper.findAll('[data-test=zone-problem]').map((each) => each.text())).toEqual([
      i18n.global.t('number.large', { n: 1_000_000 }), i18n.global.t('number.number'), i18n.global.t('freight.issue.free'),
    ])
    expect(saved).toEqual([])
    wrapper.unmount()
  })
})

it('an answer to a try-out goes with what it was asked about, and what is wrong is said', async () => {
  const wrapper = mount(TryOut, { props: { template }, global: { plugins: [ElementPlus, i18n] } })
  const ask = async () => {
    await wrapper.find('form').trigger('submit')
    await flushPromises()
  }
  await ask()
  expect(wrapper.find('[data-test=try-answer]').text()).toContain('¥6.00')
  await wrapper.find('input[data-test=try-pieces]').setValue('2')
  expect(wrapper.find('[data-test=try-answer]').exists()).toBe(false)
  await wrapper.find('input[data-test=try-pieces]').setValue('x')
  await ask()
  expect([wrapper.find('[data-test=try-answer]').exists(), wrapper.find('[data-test=try-problem]').text()]).toEqual([false, i18n.global.t('number.number')])
  wrapper.unmount()
})

it.each(['0', '-5', '1.5', '9999999999', '25 yuan'])('a weight of %s is refused in words', async (text) => {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: { render: () => null } }] })
  signInAs('ann', ['products:edit'])
  const wrapper = mount(ProductFreight, { props: { id: 'p1' }, global: { plugins: [router, ElementPlus, i18n], stubs: { teleport: true, transition: true, ElSelect: true, ElOption: true } } })
  await flushPromises()
  await wrapper.find('input[data-test=product-freight-grams]').setValue(text)
  await wrapper.find('form').trigger('submit')
  await flushPromises()
  expect(wrapper.find('[data-test=grams-problem]').text()).not.toBe('')
  expect(saved).toEqual([])
  wrapper.unmount()
})
