import { mount } from '@vue/test-utils'
import ElementPlus from 'element-plus'
import { describe, expect, it } from 'vitest'
import YuanField from '@/components/YuanField.vue'

const field = (modelValue: number | null | undefined) => mount(YuanField, { props: { modelValue }, global: { plugins: [ElementPlus] } }).find('input').element.value

describe('a field for an amount', () => {
  it.each([[undefined, ''], [null, ''], [0, '0.00'], [1250, '12.50']])('shows %s as "%s"', (fen, text) => expect(field(fen)).toBe(text))
})
