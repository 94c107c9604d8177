// picker and picker-view. Tests either tap through the sheet or call `element.pick(value)` with the
// value that the `change` event shall carry.
import { settings } from '../settings.js'
import { openSheet } from '../sheet.js'
import { BuiltIn, define } from './base.js'

const HTML_TYPE = { date: 'date', time: 'time' }

define('picker', class extends BuiltIn {
  static observedAttributes = ['range', 'value', 'mode']

  build () {
    this.addEventListener('click', () => { if (!this.flag('disabled')) this.ask() })
  }

  ask () {
    const mode = this.text('mode', 'selector')
    if (mode === 'selector') this.askList()
    else if (mode === 'multiSelector') this.askColumns()
    else if (mode === 'region') this.askRegion()
    else this.askField(mode)
  }

  label (item) {
    const key = this.text('range-key')
    return String(key ? item[key] : item)
  }

  askList () {
    const sheet = openSheet('picker')
    this.rawValue('range')?.forEach((item, index) => sheet.addButton(this.label(item), () => this.pick(index)))
    sheet.addButton('取消', () => this.emit('cancel'), 'cancel')
  }

  askColumns () {
    const chosen = [...(this.rawValue('value') ?? [])]
    const sheet = openSheet('picker')
    this.rawValue('range')?.forEach((column, at) => {
      const labels = column.map((item) => this.label(item))
      sheet.addSelect(labels, chosen[at] ?? 0, (index) => {
        chosen[at] = index
        this.emit('columnchange', { column: at, value: index })
      })
    })
    const count = this.rawValue('range')?.length ?? 0
    sheet.addButton('確定', () => this.pick(Array.from({ length: count }, (_, at) => chosen[at] ?? 0)), 'confirm')
  }

  askRegion () {
    const sheet = openSheet('picker')
    sheet.addButton(settings.region.value.join(' '), () => this.emit('change', { ...settings.region }), 'confirm')
  }

  askField (mode) {
    const sheet = openSheet('picker')
    const field = sheet.addField(HTML_TYPE[mode] ?? 'text', this.text('value'))
    sheet.addButton('確定', () => this.pick(field.value), 'confirm')
  }

  pick (value) {
    this.value = value
    this.emit('change', { value })
  }
})

define('picker-view', class extends BuiltIn {
  pick (value) { this.emit('change', { value }) }
})
