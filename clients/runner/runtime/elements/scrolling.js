// scroll-view, swiper.
import { BuiltIn, define } from './base.js'

const THRESHOLD = 50

define('scroll-view', class extends BuiltIn {
  static observedAttributes = ['scroll-x', 'scroll-y', 'scroll-top', 'scroll-left', 'scroll-into-view', 'refresher-triggered']

  build () {
    this.addEventListener('scroll', (event) => {
      if (event instanceof CustomEvent) return
      this.emit('scroll', { scrollTop: this.scrollTop, scrollLeft: this.scrollLeft, scrollHeight: this.scrollHeight, scrollWidth: this.scrollWidth })
      this.checkEnds()
    })
  }

  checkEnds () {
    const lower = this.number('lower-threshold', THRESHOLD)
    const upper = this.number('upper-threshold', THRESHOLD)
    const horizontal = this.flag('scroll-x')
    const [at, size, whole] = horizontal
      ? [this.scrollLeft, this.clientWidth, this.scrollWidth]
      : [this.scrollTop, this.clientHeight, this.scrollHeight]
    this.cross('scrolltolower', at + size >= whole - lower, horizontal ? 'right' : 'bottom')
    this.cross('scrolltoupper', at <= upper, horizontal ? 'left' : 'top')
  }

  // Only on entering the zone, not on every step inside it.
  cross (type, inside, direction) {
    this.inside ??= { scrolltoupper: true }
    if (inside && !this.inside[type]) this.emit(type, { direction })
    this.inside[type] = inside
  }

  sync () {
    this.style.overflowY = this.flag('scroll-y') ? 'auto' : 'hidden'
    this.style.overflowX = this.flag('scroll-x') ? 'auto' : 'hidden'
    this.changed('scroll-top', (value) => { this.scrollTop = parseFloat(value) })
    this.changed('scroll-left', (value) => { this.scrollLeft = parseFloat(value) })
    this.changed('scroll-into-view', (id) => requestAnimationFrame(() => this.querySelector(`#${CSS.escape(id)}`)?.scrollIntoView({ block: 'start' })))
  }

  changed (name, act) {
    const value = this.getAttribute(name)
    this.last ??= {}
    if (value && value !== this.last[name]) act(value)
    this.last[name] = value
  }

  /** For tests: pulls the list down as a finger would. */
  pullDown () {
    if (this.flag('refresher-enabled')) this.emit('refresherrefresh')
  }
})

define('swiper', class extends BuiltIn {
  static observedAttributes = ['current', 'autoplay', 'interval', 'vertical', 'indicator-dots']

  build () {
    this.index = 0
    this.addEventListener('scroll', () => {
      const size = this.flag('vertical') ? this.clientHeight : this.clientWidth
      const at = this.flag('vertical') ? this.scrollTop : this.scrollLeft
      const index = size ? Math.round(at / size) : 0
      if (index !== this.index) this.moved(index, 'touch')
    })
  }

  moved (index, source) {
    this.index = index
    this.emit('change', { current: index, currentItemId: '', source })
    clearTimeout(this.settling)
    this.settling = setTimeout(() => this.emit('animationfinish', { current: index, currentItemId: '', source }), 200)
  }

  get items () { return [...this.querySelectorAll('wx-swiper-item')] }

  show (index, source) {
    const item = this.items[index]
    if (!item) return
    if (index !== this.index) this.moved(index, source)
    if (this.flag('vertical')) this.scrollTop = index * this.clientHeight
    else this.scrollLeft = index * this.clientWidth
  }

  sync () {
    this.style.flexDirection = this.flag('vertical') ? 'column' : 'row'
    const current = this.number('current', 0)
    if (current !== this.wanted) requestAnimationFrame(() => this.show(current, ''))
    this.wanted = current
    clearInterval(this.timer)
    if (this.flag('autoplay')) this.timer = setInterval(() => this.next(), this.number('interval', 5000))
  }

  next () {
    const count = this.items.length
    if (this.offsetParent && count > 1) this.show((this.index + 1) % count, 'autoplay')
  }

  disconnectedCallback () { clearInterval(this.timer) }
})
