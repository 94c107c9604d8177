// input, textarea, switch, checkbox, radio, slider, label, form.
import { addChild, BuiltIn, define } from './base.js'

const KEYBOARD = { number: 'numeric', digit: 'decimal', tel: 'tel' }
const DEFAULT_MAXLENGTH = 140

class TextField extends BuiltIn {
  static observedAttributes = ['value', 'placeholder', 'type', 'disabled', 'maxlength', 'password', 'focus', 'auto-height']
  static tag = 'input'

  build () {
    this.field = addChild(this, this.constructor.tag, 'all:unset;width:100%;height:100%;box-sizing:border-box;white-space:pre-wrap')
    for (const type of ['input', 'focus', 'blur']) {
      this.field.addEventListener(type, (event) => {
        event.stopPropagation()
        this.emit(type, { value: this.field.value, cursor: this.field.selectionStart ?? 0 })
      })
    }
    this.field.addEventListener('change', (event) => {
      event.stopPropagation()
      this.emit('change', { value: this.field.value })
    })
    this.field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && this.constructor.tag === 'input') this.emit('confirm', { value: this.field.value })
    })
  }

  sync () {
    const { field } = this
    field.placeholder = this.text('placeholder')
    field.disabled = this.flag('disabled')
    field.inputMode = KEYBOARD[this.text('type')] ?? 'text'
    if (this.constructor.tag === 'input') field.type = this.flag('password') ? 'password' : 'text'
    const limit = this.number('maxlength', DEFAULT_MAXLENGTH)
    if (limit >= 0) field.maxLength = limit
    else field.removeAttribute('maxlength')
    // Only a new value from the page replaces what the person typed.
    const value = this.text('value')
    if (value !== this.given && field.value !== value) field.value = value
    this.given = value
    if (this.flag('focus') && !this.focused) requestAnimationFrame(() => field.focus())
    this.focused = this.flag('focus')
  }

  get value () { return this.field?.value ?? '' }
  reset () { this.field.value = '' }
}
define('input', TextField)
define('textarea', class extends TextField { static tag = 'textarea' })

define('switch', class extends BuiltIn {
  static observedAttributes = ['checked', 'disabled', 'color']

  build () {
    this.setAttribute('role', 'switch')
    this.addEventListener('click', () => this.toggle())
  }

  sync () {
    this.show(this.flag('checked'))
    this.style.setProperty('--on', this.text('color', '#04be02'))
  }

  show (on) {
    this.on = on
    this.setAttribute('aria-checked', String(on))
  }

  toggle () {
    if (this.flag('disabled')) return
    this.show(!this.on)
    this.emit('change', { value: this.on })
  }

  get value () { return this.on }
  reset () { this.show(false) }
})

class Choice extends BuiltIn {
  static observedAttributes = ['checked', 'disabled']

  build () {
    this.field = document.createElement('input')
    this.field.type = this.constructor.kind
    this.prepend(this.field)
    this.field.addEventListener('change', (event) => {
      event.stopPropagation()
      this.group?.changed(this)
    })
  }

  sync () {
    this.field.checked = this.flag('checked')
    this.field.disabled = this.flag('disabled')
  }

  get group () { return this.closest(`wx-${this.constructor.kind}-group`) }
  get chosen () { return this.field.checked }
  toggle () { this.field.click() }
}

for (const kind of ['checkbox', 'radio']) {
  define(kind, class extends Choice { static kind = kind })
  define(`${kind}-group`, class extends BuiltIn {
    changed (source) {
      if (kind === 'radio') this.choices.forEach((choice) => { choice.field.checked = choice === source })
      this.emit('change', { value: this.value })
    }

    get choices () { return [...this.querySelectorAll(`wx-${kind}`)] }
    get value () {
      const chosen = this.choices.filter((choice) => choice.chosen).map((choice) => choice.text('value'))
      return kind === 'radio' ? chosen[0] ?? '' : chosen
    }

    reset () { this.choices.forEach((choice) => { choice.field.checked = false }) }
  })
}

define('slider', class extends BuiltIn {
  static observedAttributes = ['value', 'min', 'max', 'step', 'disabled']

  build () {
    this.field = addChild(this, 'input', 'width:100%')
    this.field.type = 'range'
    this.field.addEventListener('input', (event) => {
      event.stopPropagation()
      this.emit('changing', { value: this.value })
    })
    this.field.addEventListener('change', (event) => {
      event.stopPropagation()
      this.emit('change', { value: this.value })
    })
  }

  sync () {
    Object.assign(this.field, { min: this.number('min', 0), max: this.number('max', 100), step: this.number('step', 1) })
    this.field.value = this.number('value', 0)
    this.field.disabled = this.flag('disabled')
  }

  get value () { return Number(this.field.value) }
  reset () { this.sync() }
})

// A tap on the label goes to its control, as in HTML.
define('label', class extends BuiltIn {
  build () {
    this.addEventListener('click', (event) => {
      const control = this.text('for')
        ? this.closest('.rt-page').querySelector(`#${CSS.escape(this.text('for'))}`)
        : this.querySelector('wx-switch,wx-checkbox,wx-radio,wx-button')
      if (!control || control.contains(event.target)) return
      if (control.toggle) control.toggle()
      else control.click()
    })
  }
})

define('form', class extends BuiltIn {
  get fields () { return [...this.querySelectorAll('[name]')].filter((field) => 'value' in field) }

  submit () {
    const value = Object.fromEntries(this.fields.map((field) => [field.text('name'), field.value]))
    this.emit('submit', { value, formId: '' })
  }

  reset () {
    this.fields.forEach((field) => field.reset?.())
    this.emit('reset')
  }
})
