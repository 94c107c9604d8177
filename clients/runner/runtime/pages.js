// The page stack: opening, closing and switching pages with WeChat's life cycle.
import { drawFrame } from './frame.js'
import { define } from './modules.js'
import { isPage, isTab, packed, parseUrl } from './packed.js'
import { callHook, record } from './record.js'
import { createRoot } from './renderer.js'
import { cssOf } from './units.js'

const REACH_BOTTOM = 50
/** @type {{page: object, root: object, box: HTMLElement, style: HTMLStyleElement, path: string, bar: object}[]} */
const stack = []
/** Tab pages that were left; they stay alive. */
const keptTabs = new Map()

export const topEntry = () => stack[stack.length - 1]
export const topPage = () => topEntry()?.page
export const depth = () => stack.length
export const currentPages = () => stack.map((entry) => entry.page)

function makeBox (path) {
  const box = document.createElement('div')
  box.className = 'rt-page'
  box.dataset.path = path
  const look = { ...packed.app.window, ...packed.json[path] }
  box.style.backgroundColor = look.backgroundColorContent ?? ''
  document.getElementById('rt-pages').append(box)
  return box
}

function makeStyle (path) {
  const style = document.createElement('style')
  style.textContent = cssOf(packed.styles[path], '')
  document.head.append(style)
  return style
}

// setData crosses a process border on a phone: what is sent is counted, and copied as JSON is.
function meterSetData (page) {
  const original = page.setData
  page.setData = (data, callback) => {
    const text = JSON.stringify(data, (_, value) => value === undefined ? null : value)
    record.setData.calls++
    record.setData.bytes += text.length
    record.setData.largest = Math.max(record.setData.largest, text.length)
    return original.call(page, JSON.parse(text), callback)
  }
}

function watchScrolling ({ box, page, path }) {
  let atBottom = false
  box.addEventListener('scroll', (event) => {
    if (event.target !== box) return
    callHook(page, 'onPageScroll', { scrollTop: box.scrollTop })
    const zone = packed.json[path]?.onReachBottomDistance ?? packed.app.window?.onReachBottomDistance ?? REACH_BOTTOM
    const inside = box.scrollTop + box.clientHeight >= box.scrollHeight - zone
    if (inside && !atBottom) callHook(page, 'onReachBottom')
    atBottom = inside
  })
}

/** Opens `url` on top of the stack. @throws {Error} when the build has no such page */
export function push (url) {
  const { path, query } = parseUrl(url, topPage()?.route)
  if (!isPage(path)) throw new Error(`page "${path}" is not found`)
  define(path)
  const root = createRoot(path)
  const page = root.get()
  for (const [name, value] of Object.entries({ route: path, __route__: path, options: query })) {
    Object.defineProperty(page, name, { value, writable: true, configurable: true })
  }
  meterSetData(page)
  const entry = { page, root, path, box: makeBox(path), style: makeStyle(path), bar: {} }
  stack.push(entry)
  record.opened.push(url)
  const placeholder = document.createElement('span')
  entry.box.append(placeholder)
  bringToFront(entry)
  root.attach(entry.box, placeholder)
  watchScrolling(entry)
  callHook(page, 'onLoad', query)
  callHook(page, 'onShow')
  requestAnimationFrame(() => callHook(page, 'onReady'))
  return page
}

function bringToFront (entry) {
  for (const other of [...stack, ...keptTabs.values()]) {
    other.box.hidden = other !== entry
    other.style.disabled = other !== entry
  }
  drawFrame(entry, stack.length)
}

/** Draws the bars again after the page changed its title or colours. */
export const redrawFrame = () => drawFrame(topEntry(), stack.length)

function destroy (entry) {
  callHook(entry.page, 'onUnload')
  entry.root.release()
  entry.box.remove()
  entry.style.remove()
}

export const hideTop = () => callHook(topPage(), 'onHide')
export const showTop = () => callHook(topPage(), 'onShow')

/** Closes `count` pages, but never the last one. */
export function pop (count = 1) {
  const closing = Math.min(count, stack.length - 1)
  for (let i = 0; i < closing; i++) destroy(stack.pop())
  if (closing > 0) {
    bringToFront(topEntry())
    showTop()
  }
}

/** Replaces the page on top. */
export function replaceTop (url) {
  checkPage(url)
  destroy(stack.pop())
  push(url)
}

/** Closes everything, kept tabs too, and opens `url`. */
export function restart (url) {
  checkPage(url)
  while (stack.length) destroy(stack.pop())
  for (const entry of keptTabs.values()) destroy(entry)
  keptTabs.clear()
  push(url)
}

/** Goes to a tab; pages above a tab are closed, tabs stay alive. */
export function switchTo (url) {
  const { path } = parseUrl(url, topPage()?.route)
  while (stack.length && !isTab(topEntry().path)) destroy(stack.pop())
  const left = stack.pop()
  if (left && left.path === path) {
    stack.push(left)
    bringToFront(left)
    return
  }
  if (left) {
    callHook(left.page, 'onHide')
    keptTabs.set(left.path, left)
  }
  const kept = keptTabs.get(path)
  keptTabs.delete(path)
  if (!kept) return push(url)
  stack.push(kept)
  bringToFront(kept)
  showTop()
}

function checkPage (url) {
  const { path } = parseUrl(url, topPage()?.route)
  if (!isPage(path)) throw new Error(`page "${path}" is not found`)
}
