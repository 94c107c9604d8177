// image, cover-image, canvas, progress, rich-text, icon, video.
import { reportError } from '../record.js'
import { fileUrl } from '../files.js'
import { inlineStyle } from '../units.js'
import { addChild, BuiltIn, define } from './base.js'

const FIT = { aspectFill: 'cover', aspectFit: 'contain', center: 'none' }

class Image extends BuiltIn {
  static observedAttributes = ['src', 'mode', 'lazy-load']

  build () {
    this.picture = addChild(this, 'img')
    this.picture.draggable = false
    this.picture.onload = () => this.emit('load', { width: this.picture.naturalWidth, height: this.picture.naturalHeight })
    this.picture.onerror = () => {
      reportError('image', `could not be loaded: ${this.text('src')}`)
      this.emit('error', { errMsg: 'GET image fail' })
    }
  }

  sync () {
    const mode = this.text('mode', 'scaleToFill')
    const width = mode === 'heightFix' ? 'auto' : '100%'
    const height = mode === 'widthFix' ? 'auto' : '100%'
    this.picture.style.cssText = `display:block;width:${width};height:${height};object-fit:${FIT[mode] ?? 'fill'}`
    if (mode === 'widthFix') this.style.height = 'auto'
    if (mode === 'heightFix') this.style.width = 'auto'
    this.picture.loading = this.flag('lazy-load') ? 'lazy' : 'eager'
    const source = this.text('src')
    if (source && source !== this.shown) this.picture.src = fileUrl(source)
    this.shown = source
  }
}
define('image', Image)
define('cover-image', class extends Image {})

/** A canvas with the members that WeChat's canvas nodes have. */
export function equipCanvas (canvas, width = 300, height = 150) {
  canvas.width = width
  canvas.height = height
  canvas.createImage = () => {
    const image = document.createElement('img')
    const set = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'src')
    // Through this origin, so that the drawn canvas may be saved.
    Object.defineProperty(image, 'src', { get: () => set.get.call(image), set: (url) => set.set.call(image, fileUrl(url, true)) })
    return image
  }
  canvas.requestAnimationFrame = (callback) => requestAnimationFrame(callback)
  canvas.cancelAnimationFrame = (id) => cancelAnimationFrame(id)
  return canvas
}

define('canvas', class extends BuiltIn {
  build () {
    this.canvas = equipCanvas(addChild(this, 'canvas', 'width:100%;height:100%;display:block'))
  }
})

define('progress', class extends BuiltIn {
  static observedAttributes = ['percent', 'stroke-width', 'active-color', 'activecolor', 'background-color', 'show-info']

  build () {
    this.track = addChild(this, 'div')
    this.bar = addChild(this.track, 'div')
    this.info = addChild(this, 'span')
  }

  sync () {
    const percent = Math.min(100, Math.max(0, this.number('percent')))
    const colour = this.text('active-color') || this.text('activecolor', '#09bb07')
    this.track.style.cssText = `flex:1;height:${this.number('stroke-width', 6)}px;background:${this.text('background-color', '#ebebeb')}`
    this.bar.style.cssText = `width:${percent}%;height:100%;background:${colour}`
    this.info.textContent = this.flag('show-info') ? ` ${percent}%` : ''
  }
})

function nodeOf (description) {
  if (description.type === 'text') return document.createTextNode(description.text ?? '')
  const node = document.createElement(description.name)
  for (const [name, value] of Object.entries(description.attrs ?? {})) {
    node.setAttribute(name, name === 'style' ? inlineStyle(value) : value)
  }
  node.append(...(description.children ?? []).map(nodeOf))
  return node
}

define('rich-text', class extends BuiltIn {
  static observedAttributes = ['nodes']

  sync () {
    const nodes = this.rawValue('nodes') ?? this.text('nodes')
    if (typeof nodes === 'string') this.innerHTML = nodes.replace(/<script[\s\S]*?<\/script>/gi, '')
    else this.replaceChildren(...nodes.map(nodeOf))
  }
})

const ICONS = { success: '✔', success_no_circle: '✔', info: 'ℹ', warn: '⚠', waiting: '⏳', cancel: '✖', download: '⬇', search: '🔍', clear: '✖' }
define('icon', class extends BuiltIn {
  static observedAttributes = ['type', 'size', 'color']

  sync () {
    this.textContent = ICONS[this.text('type')] ?? ''
    this.style.fontSize = `${this.number('size', 23)}px`
    this.style.color = this.text('color', '#07c160')
  }
})
