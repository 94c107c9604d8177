// What all built-in elements share.
export class BuiltIn extends HTMLElement {
  /** The attribute as text, or `otherwise`. */
  text (name, otherwise = '') {
    return this.getAttribute(name) ?? otherwise
  }

  /** The attribute as a number, or `otherwise`. */
  number (name, otherwise = 0) {
    const value = parseFloat(this.getAttribute(name))
    return Number.isNaN(value) ? otherwise : value
  }

  flag (name) {
    const value = this.getAttribute(name)
    return value !== null && value !== 'false'
  }

  /** The value as the template gave it: arrays and objects too (renderer.js, keepRawValues). */
  rawValue (name) {
    return this.raw?.[name]
  }

  connectedCallback () {
    if (!this.built) {
      this.built = true
      this.build()
    }
    this.sync()
  }

  attributeChangedCallback () {
    if (this.built) this.sync()
  }

  /** Once, when the element first enters the page. */
  build () {}

  /** After building and after every change of an observed attribute. */
  sync () {}

  /** Sends an event to the mini-program's handlers (`bind<type>`). */
  emit (type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}

export function define (name, element) {
  customElements.define(`wx-${name}`, element)
}

/** Adds a child made by this runtime, not by the mini-program's templates. */
export function addChild (parent, tag, css = '') {
  const child = document.createElement(tag)
  child.style.cssText = css
  parent.append(child)
  return child
}
