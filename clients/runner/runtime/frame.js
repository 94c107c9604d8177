// What WeChat draws around a page: navigation bar, tab bar.
import { fileUrl } from './files.js'
import { isTab, packed, tabList } from './packed.js'

const byId = (id) => document.getElementById(id)
let actions = { back () {}, home () {}, tab () {} }
/** What the app changed at run time: texts, badges, whether the bar is shown. */
const tabState = { items: tabList().map((tab) => ({ ...tab, badge: '', dot: false })), style: { ...packed.app.tabBar }, hidden: false }
let shown

export function connectFrame (handlers) {
  actions = handlers
  byId('rt-back').onclick = () => actions.back()
  byId('rt-home').onclick = () => actions.home()
  new ResizeObserver(([entry]) => {
    document.documentElement.style.setProperty('--rt-vh', `${entry.contentRect.height / 100}px`)
  }).observe(byId('rt-pages'))
}

function drawNavigationBar (entry, depth) {
  const look = { ...packed.app.window, ...packed.json[entry.path], ...entry.bar }
  const bar = byId('rt-nav')
  bar.hidden = look.navigationStyle === 'custom'
  bar.style.background = look.navigationBarBackgroundColor ?? '#000000'
  bar.style.color = look.navigationBarTextStyle ?? 'white'
  byId('rt-title').textContent = look.navigationBarTitleText ?? ''
  byId('rt-back').hidden = depth < 2
  byId('rt-home').hidden = depth > 1 || isTab(entry.path) || entry.path === packed.pages[0]
}

function tabNode (item, active) {
  const node = document.createElement('div')
  node.className = active ? 'rt-tab on' : 'rt-tab'
  node.dataset.path = item.pagePath
  node.style.color = (active ? tabState.style.selectedColor : tabState.style.color) ?? ''
  const icon = active ? item.selectedIconPath ?? item.iconPath : item.iconPath
  if (icon) node.append(Object.assign(document.createElement('img'), { src: fileUrl(icon), alt: '' }))
  node.append(Object.assign(document.createElement('span'), { textContent: item.text }))
  if (item.badge || item.dot) node.append(Object.assign(document.createElement('b'), { textContent: item.badge }))
  node.onclick = () => actions.tab(item.pagePath)
  return node
}

function drawTabBar () {
  const bar = byId('rt-tabs')
  bar.hidden = tabState.hidden || !isTab(shown?.path)
  bar.style.background = tabState.style.backgroundColor ?? '#ffffff'
  bar.replaceChildren(...tabState.items.map((item) => tabNode(item, item.pagePath === shown?.path)))
}

/** Draws the bars for the page on top. */
export function drawFrame (entry, depth) {
  shown = entry
  drawNavigationBar(entry, depth)
  drawTabBar()
}

/** Changes one item of the tab bar; false if there is no such item. */
export function changeTab (index, change) {
  if (!tabState.items[index]) return false
  Object.assign(tabState.items[index], change)
  drawTabBar()
  return true
}

export function changeTabBar ({ hidden = tabState.hidden, ...style }) {
  tabState.hidden = hidden
  Object.assign(tabState.style, style)
  drawTabBar()
}

/** Whether the tab bar may be changed: on a tab page, or before the first page. */
export const mayChangeTabs = () => !shown || isTab(shown.path)
export const tabIndex = (path) => tabState.items.findIndex((item) => item.pagePath === path)
export const tabText = (path) => tabState.items[tabIndex(path)]?.text
