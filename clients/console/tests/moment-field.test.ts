import { flushPromises, mount } from '@vue/test-utils'
import ElementPlus from 'element-plus'
import { defineComponent, h, ref } from 'vue'
import { expect, it } from 'vitest'
import MomentField from '@/components/MomentField.vue'
import { provideFaults, type FormFaults } from '@/forms/faults'
import { readWallTime } from '@/format/time'
import { i18n } from '@/i18n'

it.each([
  ['2026-11-28 18:30', '2026-11-28T18:30:00'], [' 2026/1/5 9:05 ', '2026-01-05T09:05:00'], ['2028-02-29 00:00', '2028-02-29T00:00:00'],
  ['2026-13-45 99:99', null], ['2026-02-29 10:00', null], ['2026-11-28 24:00', null], ['2026-00-10 10:00', null], ['昨天', null], ['2026-11-28', null],
])('%s → %s', (typed, wall) => expect(readWallTime(typed)).toBe(wall))

it.each(['2026-13-45 99:99', '昨天'])('keeps "%s" as it was typed and says so', async (typed) => {
  const value = ref('2026-11-28T18:30:00')
  let faults: FormFaults | undefined
  const Form = defineComponent(() => {
    faults = provideFaults()
    return () => h(MomentField, { name: 'at', test: 'at', modelValue: value.value, 'onUpdate:modelValue': (now: string) => (value.value = now) })
  })
  const wrapper = mount(Form, { global: { plugins: [ElementPlus, i18n] }, attachTo: document.body })
  const input = wrapper.find('input')
  await input.setValue(typed)
  await input.trigger('change')
  await flushPromises()
  expect([value.value, input.element.value, faults!.words.value.at]).toEqual(['', typed, expect.stringContaining(typed)])
  value.value = '2026-12-01T10:00:00'
  await flushPromises()
  expect([input.element.value, faults!.any.value]).toEqual(['2026-12-01 10:00', false])
  wrapper.unmount()
})
