import { flushPromises, mount } from '@vue/test-utils'
import ElementPlus, { ElOption, ElSelect } from 'element-plus'
import { nextTick } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { problemOf } from '@/api/problems'
import { asked } from '@/components/confirm'
import FormDialog from '@/components/FormDialog.vue'
import { formatPlace } from '@/format/address'
import { i18n } from '@/i18n'
import type { Order, Parcel } from './types'
import { correctNumber } from './api'
import OrderDrawer from './OrderDrawer.vue'
import ShipDialog from './ShipDialog.vue'
import TrackingDialog from './TrackingDialog.vue'
import { keepParcel } from './parcels'
import { lastCarrier } from './useCarriers'
import { signInAs } from '@tests/people'

let told: string[]
let when: string | null
let refused: string | null
let refusal: Error | null
let packed: Parcel['lines']
let looked: Order
let carriersAway = 0
/** Whether the number is that of the parcel that went before. */
let repeated = false
let made = 0
let number = 'SF1'
const parcel = (): Parcel => ({ id: 'p1', order_id: 'o1', nth: 1, lines: [{ line: 1, quantity: 2 }], carrier_code: 'SF', carrier_name: { en: 'SF' }, tracking_no: number, state: told.at(-1) ?? 'picked_up', events: [], correction: 'used', refused }) as unknown as Parcel

vi.mock('./api', () => ({
  fetchCarriers: async () => carriersAway-- > 0 ? Promise.reject(new Error('away')) : [{ code: 'SF', name: { en: 'SF' } }, { code: 'YTO', name: { en: 'YTO' } }],
  findParcels: async () => [parcel()],
  addTrackingEvent: async (_: string, { code, at }: { code: string; at: string | null }) => {
    told.push(code)
    when = at
    return parcel()
  },
  shipParcel: async (_: string, { lines }: { lines: Parcel['lines'] }) => {
    if (refusal) throw refusal
    packed = lines
    return repeated ? parcel() : { ...parcel(), id: `made${made += 1}`, nth: 2, lines }
  },
  correctNumber: vi.fn(async () => parcel()),
  fetchOrder: async () => looked,
}))

const order = { id: 'o1', number: '1', kind: 'solo', status: 'shipped', shipped_at: '2026-11-01T00:00:00Z', lines: [{ line: 1, quantity: 2, sent: 0 }], refunds: [], address: { name: 'Ann', phone: '1', province: '', city: '', district: '', detail: '' } } as unknown as Order
const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: { render: () => null } }] })
const settings = { global: { plugins: [router, ElementPlus, i18n], stubs: { teleport: true, transition: true, ElSelect: { name: 'ElSelect', template: '<div><slot /></div>' }, ElOption: true } }, attachTo: document.body }

beforeEach(() => {
  signInAs('ann')
  told = []
  packed = []
  when = refused = null
  refusal = null
  repeated = false
  number = 'SF1'
  looked = { ...order, lines: order.lines.map((line) => ({ ...line, sent: line.quantity })) }
})

describe('a parcel', () => {
  it('that WeChat does not take is told of, with what WeChat says', async () => {
    refused = '10060003: nothing more'
    const wrapper = mount(OrderDrawer, { ...settings, global: { ...settings.global, stubs: { ...settings.global.stubs, ElDrawer: { template: '<div><slot /></div>' } } }, props: { id: 'o1' } })
    await flushPromises()
    expect(wrapper.find('[data-test=drawer-refused]').text()).toContain(refused)
    wrapper.unmount()
  })
})

describe('the carriers', () => {
  it('are there with the next parcel, if the server was away when the page was opened', async () => {
    carriersAway = 2
    const wrapper = mount(ShipDialog, { ...settings, props: { order: null as Order | null, waiting: 1, wrong: null as Parcel | null } })
    const offered = async (now: Order | null) => {
      await wrapper.setProps({ order: now })
      await flushPromises()
      return wrapper.findAllComponents(ElOption).length
    }
    expect(await offered(order)).toBe(0)
    await offered(null)
    expect(await offered(order)).toBe(2)
    wrapper.unmount()
  })
})

describe('what happened to a parcel', () => {
  it('is told once by two Enters: it cannot be taken back', async () => {
    const wrapper = mount(TrackingDialog, { ...settings, props: { orderId: null as string | null } })
    await wrapper.setProps({ orderId: 'o1' })
    await flushPromises()
    const form = wrapper.find('form')
    void form.trigger('submit')
    await form.trigger('submit')
    await flushPromises()
    expect(told).toEqual(['in_transit'])
    expect(when).toBeNull() // the field is empty: now
    expect(document.activeElement).toBe(wrapper.find('[data-test=tracking-close]').element)
    wrapper.unmount()
  })
})

// feature: F27
describe('the number of a parcel', () => {
  async function dialog(wrong: Parcel | null = null) {
    const wrapper = mount(ShipDialog, { ...settings, props: { order: null as Order | null, waiting: 1, wrong } })
    await wrapper.setProps({ order })
    await flushPromises()
    const field = wrapper.find('input[data-test=tracking-no]').element as HTMLInputElement
    const send = async (text: string) => {
      await wrapper.find('input[data-test=tracking-no]').setValue(text)
      ;(wrapper.find('[data-test=ship-confirm]').element as HTMLElement).focus()
      await wrapper.find('form').trigger('submit')
      await flushPromises()
    }
    return { wrapper, field, send }
  }

  it.each([['none is typed', '', null], ['it was refused', 'SF?', problemOf(422, { code: 'fulfilment/bad-tracking-no' })]])('is typed next where %s', async (_, text, why) => {
    const { wrapper, field, send } = await dialog()
    refusal = why
    await send(text)
    await nextTick()
    expect(wrapper.find('[data-test=ship-error]').exists()).toBe(true)
    expect(document.activeElement).toBe(field)
    wrapper.unmount()
  })

  it.each([
    ['of the same order', { code: 'fulfilment/number-sent' }, 1, 0, { swap: true, together: false }],
    ['of another order', { code: 'fulfilment/number-in-use', order_numbers: ['7'] }, 2, 1, { swap: true, together: false }],
    ['of another order that goes along', { code: 'fulfilment/number-in-use', order_numbers: ['7'] }, 2, 0, { swap: false, together: true }],
    ['of orders that go together', { code: 'fulfilment/number-in-use', order_numbers: ['7', '8'] }, 2, 1, { swap: true, together: false }],
    ['of nobody who was meant', { code: 'fulfilment/number-sent' }, 1, null, null],
  ])('is exchanged with the parcel that has it, %s', async (_, refusal, acts, act, said) => {
    const correct = vi.mocked(correctNumber).mockReset().mockRejectedValueOnce(problemOf(409, refusal)).mockResolvedValue(parcel())
    const { wrapper, send } = await dialog(parcel())
    await send('SF2')
    expect(asked.value!.acts).toHaveLength(acts)
    expect(asked.value!.text).toContain('SF1')
    asked.value!.answer(act)
    await flushPromises()
    expect(correct.mock.calls.slice(1)).toEqual(said ? [['p1', { carrier_code: 'SF', tracking_no: 'SF2', ...said }]] : [])
    expect(wrapper.emitted('shipped') ?? []).toHaveLength(said ? 1 : 0)
    wrapper.unmount()
  })

  it('that another order goes with, too, is not exchanged alone, and it is said what to correct first', async () => {
    const inUse = (...numbers: string[]) => problemOf(409, { code: 'fulfilment/number-in-use', order_numbers: numbers })
    vi.mocked(correctNumber).mockReset().mockRejectedValueOnce(inUse('7')).mockRejectedValueOnce(inUse('9'))
    const { wrapper, send } = await dialog(parcel())
    await send('SF2')
    asked.value!.answer(1)
    await flushPromises()
    expect(wrapper.find('[data-test=ship-error]').text()).toMatch(/9.*SF1/)
    expect(wrapper.emitted('shipped')).toBeUndefined()
    wrapper.unmount()
  })

  it('that a colleague sent the order with is told to who comes second', async () => {
    const { wrapper, send } = await dialog()
    refusal = problemOf(409, { code: 'fulfilment/not-shippable', order_status: 'shipped' })
    await send('SF2')
    expect(wrapper.find('[data-test=ship-error]').text()).toContain('SF1')
    wrapper.unmount()
  })

  it('is what it is now, whenever the order is looked at again', async () => {
    const wrapper = mount(OrderDrawer, { ...settings, global: { ...settings.global, stubs: { ...settings.global.stubs, ElDrawer: { template: '<div><slot /></div>' } } }, props: { id: 'o1' } })
    await flushPromises()
    const shown = () => wrapper.find('[data-test=drawer-number]').text()
    expect(shown()).toBe('SF1')
    number = 'SF9' // a colleague corrected it
    await wrapper.setProps({ id: null })
    await wrapper.setProps({ id: 'o1' })
    await flushPromises()
    expect(shown()).toBe('SF9')
    wrapper.unmount()
  })

  it('that is no other one corrects nothing', async () => {
    const wrapper = mount(ShipDialog, { ...settings, props: { order: null as Order | null, waiting: 1, wrong: parcel() as Parcel | null } })
    await wrapper.setProps({ order })
    await flushPromises()
    await wrapper.find('input[data-test=tracking-no]').setValue('sf1 ')
    await wrapper.find('form').trigger('submit')
    await flushPromises()
    expect([wrapper.find('[data-test=ship-error]').exists(), wrapper.emitted('shipped')]).toEqual([true, undefined])
    wrapper.unmount()
  })

  it('goes with the carrier of the parcel before, after a reload too', async () => {
    const { wrapper, send } = await dialog()
    wrapper.findComponent(ElSelect).vm.$emit('update:modelValue', 'YTO')
    await send('YT1')
    expect(lastCarrier.value).toBe('YTO')
    expect(localStorage.getItem('chengtuan.console.carrier')).toBe('YTO')
    wrapper.unmount()
  })
})

// feature: F27
describe('what goes into a parcel', () => {
  const line = (number: number, quantity: number, sent = 0) => ({ line: number, quantity, sent, product_name: { en: `no. ${number}` }, sku_name: {}, image_url: '' })
  const toShip = (...lines: ReturnType<typeof line>[]) => ({ ...order, status: 'to_ship', lines }) as unknown as Order

  async function packing(now: Order, take: (fields: ReturnType<typeof mounted>) => unknown) {
    const wrapper = mounted()
    await wrapper.setProps({ order: now })
    await flushPromises()
    await take(wrapper)
    await wrapper.find('input[data-test=tracking-no]').setValue('SF2')
    await wrapper.find('form').trigger('submit')
    await flushPromises()
    return wrapper
  }
  const mounted = () => mount(ShipDialog, { ...settings, props: { order: null as Order | null, waiting: 1, wrong: null as Parcel | null } })
  const fields = (wrapper: ReturnType<typeof mounted>) => wrapper.findAll('[data-test=ship-pieces] input')

  it('is all that is left, with nothing more to press than a number', async () => {
    const wrapper = await packing(toShip(line(1, 3, 1), line(2, 2), line(3, 1, 1)), () => undefined)
    expect(packed).toEqual([{ line: 1, quantity: 2 }, { line: 2, quantity: 2 }])
    expect(wrapper.emitted('shipped')).toHaveLength(1)
    wrapper.unmount()
    const one = await packing(toShip(line(1, 1)), (found) => expect(fields(found)).toHaveLength(0))
    expect(packed).toEqual([{ line: 1, quantity: 1 }])
    one.unmount()
  })

  it('is fewer pieces where the packer says so, but never none', async () => {
    const wrapper = await packing(toShip(line(1, 3), line(2, 2)), async (found) => {
      await fields(found)[0]!.setValue('1')
      await fields(found)[1]!.setValue('0')
    })
    expect(packed).toEqual([{ line: 1, quantity: 1 }])
    wrapper.unmount()
    packed = []
    const none = await packing(toShip(line(1, 2)), (found) => fields(found)[0]!.setValue('0'))
    expect(none.find('[data-test=ship-error]').exists()).toBe(true)
    expect(packed).toEqual([])
    none.unmount()
  })

  it('is counted again where a colleague sent some of it meanwhile', async () => {
    refusal = problemOf(409, { code: 'trade/fewer-pieces-left', line: 1, left: 1 })
    looked = toShip(line(1, 3, 2))
    const wrapper = await packing(toShip(line(1, 3)), () => undefined)
    expect(wrapper.find('[data-test=ship-error]').text()).toContain('1')
    expect(wrapper.find('[data-test=ship-quantity]').text()).toBe('× 1')
    expect(wrapper.find('[data-test=ship-cut]').text()).toMatch(/no\. 1.*3.*1/)
    refusal = null
    await wrapper.find('form').trigger('submit')
    await flushPromises()
    expect(packed).toEqual([]) // Enter sends nothing that was not chosen
    asked.value!.answer(0)
    await flushPromises()
    expect(packed).toEqual([{ line: 1, quantity: 1 }])
    wrapper.unmount()
  })

  it('stays what the packer chose after a refusal, where that is still there', async () => {
    refusal = problemOf(409, { code: 'trade/fewer-pieces-left', line: 2, left: 0 })
    looked = toShip(line(1, 5, 1), line(2, 2, 2))
    const wrapper = await packing(toShip(line(1, 5), line(2, 2)), (found) => fields(found)[0]!.setValue('2'))
    refusal = null
    await fields(wrapper)[0]!.setValue('1')
    await wrapper.find('form').trigger('submit')
    await flushPromises()
    expect([asked.value, packed]).toEqual([null, [{ line: 1, quantity: 1 }]])
    wrapper.unmount()
  })

  it.each(['1.5', '12,50', '9', '-5'])('is never guessed from "%s"', async (text) => {
    const wrapper = await packing(toShip(line(1, 3)), (found) => fields(found)[0]!.setValue(text))
    expect((fields(wrapper)[0]!.element as HTMLInputElement).value).toBe(text)
    expect(wrapper.find('[data-test=ship-error]').text()).not.toBe('')
    expect(packed).toEqual([])
    wrapper.unmount()
  })

  it('did not go where the number is that of a parcel before', async () => {
    repeated = true
    const wrapper = await packing(toShip(line(1, 2, 1)), () => undefined)
    expect(wrapper.emitted('shipped')).toBeUndefined()
    expect(wrapper.find('[data-test=ship-error]').text()).toContain('SF1')
    wrapper.unmount()
  })

  it('is asked about before it is lost', async () => {
    const wrapper = await packing(toShip(line(1, 3)), (found) => fields(found)[0]!.setValue('x'))
    wrapper.findComponent(FormDialog).vm.$emit('close')
    await flushPromises()
    expect([asked.value?.acts.length, wrapper.emitted('close')]).toEqual([1, undefined])
    asked.value!.answer(0)
    await flushPromises()
    expect(wrapper.emitted('close')).toHaveLength(1)
    wrapper.unmount()
  })
})

describe('an order that is looked at', () => {
  it('is read again once a parcel of it was sent', async () => {
    looked = { ...order, status: 'to_ship', lines: [{ line: 1, quantity: 2, sent: 0, product_name: {}, sku_name: {} }] } as unknown as Order
    const stubs = { ...settings.global.stubs, ElDrawer: { template: '<div><slot /></div>' } }
    const wrapper = mount(OrderDrawer, { ...settings, global: { ...settings.global, stubs }, props: { id: 'o1' } })
    await flushPromises()
    looked = { ...looked, status: 'shipped', lines: looked.lines.map((line) => ({ ...line, sent: 2 })) }
    keepParcel({ ...parcel(), lines: [{ line: 1, quantity: 1 }] })
    await flushPromises()
    expect(wrapper.find('[data-test=order-drawer] .head').text()).toContain(i18n.global.t('order.status.shipped'))
    wrapper.unmount()
  })
})

describe('a place', () => {
  it('says a city that is its own province once', () => {
    expect(formatPlace({ province: '北京市', city: '北京市', district: '朝陽區', detail: '建國路 1 號' })).toBe('北京市 朝陽區 建國路 1 號')
    expect(formatPlace({ province: '廣東省', city: '深圳市', district: '', detail: '科技園' })).toBe('廣東省 深圳市 科技園')
  })
})
