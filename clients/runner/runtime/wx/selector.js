// wx.createSelectorQuery and wx.createIntersectionObserver.
import { domOf } from '../events.js'
import { topEntry, topPage } from '../pages.js'

const RECT = { id: true, dataset: true, rect: true, size: true }

function readFields (element, fields) {
  const node = domOf(element)
  if (!node) return null
  const { left, top, right, bottom, width, height } = node.getBoundingClientRect()
  return {
    ...(fields.id && { id: element.id ?? '' }),
    ...(fields.dataset && { dataset: { ...(element.dataset ?? {}) } }),
    ...(fields.rect && { left, top, right, bottom }),
    ...((fields.size || fields.rect) && { width, height }),
    ...(fields.scrollOffset && { scrollTop: node.scrollTop, scrollLeft: node.scrollLeft, scrollWidth: node.scrollWidth, scrollHeight: node.scrollHeight }),
    ...(fields.node && { node: node.canvas ?? node }),
    ...Object.fromEntries((fields.computedStyle ?? []).map((name) => [name, getComputedStyle(node)[name]])),
  }
}

function readViewport () {
  const { box } = topEntry()
  const { clientWidth: width, clientHeight: height, scrollTop, scrollLeft, scrollWidth, scrollHeight } = box
  return { id: '', dataset: {}, left: 0, top: 0, right: width, bottom: height, width, height, scrollTop, scrollLeft, scrollWidth, scrollHeight }
}

class SelectorQuery {
  constructor () {
    this.questions = []
    this.scope = topPage()
  }

  in (component) {
    this.scope = component?.$scope ?? component ?? this.scope
    return this
  }

  select (selector) { return this.reference(selector, false) }
  selectAll (selector) { return this.reference(selector, true) }
  selectViewport () { return this.reference(null, false) }

  reference (selector, all) {
    const ask = (fields, callback) => {
      this.questions.push({ selector, all, fields, callback, scope: this.scope })
      return this
    }
    return {
      fields: ask,
      boundingClientRect: (callback) => ask(RECT, callback),
      scrollOffset: (callback) => ask({ id: true, dataset: true, scrollOffset: true }, callback),
      node: (callback) => ask({ node: true }, callback),
      context: (callback) => ask({ context: true }, callback),
    }
  }

  answer ({ selector, all, fields, scope }) {
    if (selector === null) return readViewport()
    const root = (scope ?? topPage())._$.getShadowRoot()
    if (all) return root.querySelectorAll(selector).map((element) => readFields(element, fields))
    return readFields(root.querySelector(selector), fields)
  }

  exec (callback) {
    setTimeout(() => {
      const results = this.questions.map((question) => {
        const result = this.answer(question)
        question.callback?.(result)
        return result
      })
      callback?.(results)
    }, 0)
    return this
  }
}

const plainRect = ({ left, top, right, bottom, width, height }) => ({ left, top, right, bottom, width, height })

function createIntersectionObserver (component, { thresholds = [0] } = {}) {
  const scope = component?.$scope ?? component ?? topPage()
  let observer
  const handle = {
    relativeTo: () => handle,
    relativeToViewport: () => handle,
    observe (selector, callback) {
      const node = domOf(scope._$.getShadowRoot().querySelector(selector))
      observer = new window.IntersectionObserver((entries) => entries.forEach((entry) => callback({
        intersectionRatio: entry.intersectionRatio,
        intersectionRect: plainRect(entry.intersectionRect),
        boundingClientRect: plainRect(entry.boundingClientRect),
        relativeRect: plainRect(entry.rootBounds ?? entry.boundingClientRect),
        time: entry.time,
      })), { threshold: thresholds })
      if (node) observer.observe(node)
    },
    disconnect: () => observer?.disconnect(),
  }
  return handle
}

export const selector = { createSelectorQuery: () => new SelectorQuery(), createIntersectionObserver }
