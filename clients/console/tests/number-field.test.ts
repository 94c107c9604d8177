import { mount } from '@vue/test-utils'
import ElementPlus from 'element-plus'
import { defineComponent, h, nextTick, ref } from 'vue'
import { describe, expect, it } from 'vitest'
import IntField from '@/components/IntField.vue'
import YuanField from '@/components/YuanField.vue'
import { provideFaults, type FormFaults } from '@/forms/faults'
import { i18n } from '@/i18n'

function form(field: typeof IntField | typeof YuanField, start: number | null | undefined) {
  const value = ref(start)
  let faults: FormFaults | undefined
  const Form = defineComponent(() => {
    faults = provideFaults()
    return () => h(field as typeof IntField, { name: 'field', modelValue: value.value as number | null, 'onUpdate:modelValue': (now: number | null) => (value.value = now) })
  })
  const wrapper = mount(Form, { global: { plugins: [ElementPlus, i18n] } })
  const input = wrapper.find('input')
  return { value, faults: faults!, wrapper, input, shown: () => (input.element as HTMLInputElement).value }
}

describe('a field for a number', () => {
  it.each([[undefined, ''], [null, ''], [0, '0.00'], [1250, '12.50']])('shows %s as "%s"', (fen, text) => expect(form(YuanField, fen).shown()).toBe(text))

  it.each(['1.5', '-5', '二十五', '12,50'])('keeps "%s" as it was typed, says so, and gives no number', async (text) => {
    const { value, faults, input, shown } = form(IntField, 24)
    await input.setValue(text)
    await input.trigger('blur')
    expect(shown()).toBe(text)
    expect(value.value).toBeNull()
    expect(faults.any.value).toBe(true)
    expect(faults.words.value.field).toBeTruthy()
    expect(input.attributes('aria-invalid')).toBe('true')
  })

  // ESP-Website 4714, lbry-desktop 1674: the wheel that scrolls the page changed the price it was over
  it('is no wheel to turn', async () => {
    const { value, input } = form(YuanField, 1250)
    ;(input.element as HTMLInputElement).focus()
    await input.trigger('wheel', { deltaY: 100 })
    expect([input.attributes('type'), value.value]).toEqual(['text', 1250])
  })

  it('asks what 12,50 means', async () => {
    const { value, faults, wrapper, input, shown } = form(YuanField, null)
    await input.setValue('12,50')
    const choices = wrapper.findAll('[data-test="number-choice"]')
    expect(choices.map((each) => each.text())).toEqual(['12.50', '1250'])
    await choices[0]!.trigger('click')
    expect([shown(), value.value, faults.any.value]).toEqual(['12.50', 1250, false])
  })

  it('tidies what is certain when it is left', async () => {
    const { value, input, shown } = form(YuanField, null)
    await input.setValue('￥１，２３４．５')
    expect([shown(), value.value]).toEqual(['￥１，２３４．５', 123_450])
    await input.trigger('blur')
    expect(shown()).toBe('1234.50')
  })

  it('takes its complaint along when it goes, and follows its value', async () => {
    const { value, faults, wrapper, input, shown } = form(IntField, 1)
    value.value = 7
    await nextTick()
    expect(shown()).toBe('7')
    await input.setValue('x')
    expect(faults.any.value).toBe(true)
    wrapper.unmount()
    expect(faults.any.value).toBe(false)
  })

  it('is of no use without a form that asks it', () => {
    expect(() => mount(IntField, { props: { name: 'x', modelValue: 1 }, global: { plugins: [ElementPlus, i18n] } })).toThrow('provideFaults')
  })
})
