// Page navigation with WeChat's refusals.
import { tabIndex, tabText } from '../frame.js'
import { isTab, packed, parseUrl } from '../packed.js'
import * as pages from '../pages.js'
import { callHook, reportError } from '../record.js'
import { refuse, succeed } from './answer.js'

const STACK_LIMIT = 10

const pathOf = (url) => parseUrl(url, pages.topPage()?.route).path

// A page that cannot be opened is a defect of the build: it also goes into the errors.
function attempt (name, options, work) {
  try {
    work()
  } catch (error) {
    reportError(name, error)
    return refuse(name, options, error.message)
  }
  return succeed(name, options)
}

/** The two-way channel between opener and opened page. */
function eventChannel () {
  const listeners = new Map()
  const channel = {
    on: (name, listener) => listeners.set(name, [...(listeners.get(name) ?? []), listener]),
    once: (name, listener) => channel.on(name, (...args) => {
      channel.off(name, listener)
      listener(...args)
    }),
    off: (name) => listeners.delete(name),
    emit: (name, ...args) => (listeners.get(name) ?? []).forEach((listener) => listener(...args)),
  }
  return channel
}

function navigateTo (options) {
  if (pages.depth() >= STACK_LIMIT) return refuse('navigateTo', options, 'webview count limit exceed')
  if (isTab(pathOf(options.url))) return refuse('navigateTo', options, 'can not navigateTo a tabbar page')
  const channel = eventChannel()
  for (const [name, listener] of Object.entries(options.events ?? {})) channel.on(name, listener)
  try {
    pages.hideTop()
    const page = pages.push(options.url)
    page.getOpenerEventChannel = () => channel
  } catch (error) {
    reportError('navigateTo', error)
    return refuse('navigateTo', options, error.message)
  }
  return succeed('navigateTo', options, { eventChannel: channel })
}

function redirectTo (options) {
  if (isTab(pathOf(options.url))) return refuse('redirectTo', options, 'can not redirectTo a tabbar page')
  return attempt('redirectTo', options, () => pages.replaceTop(options.url))
}

function switchTab (options) {
  if (!isTab(pathOf(options.url))) return refuse('switchTab', options, 'can not switch to no-tabBar page')
  return attempt('switchTab', options, () => pages.switchTo(options.url))
}

export const navigation = {
  navigateTo,
  redirectTo,
  switchTab,
  reLaunch: (options) => attempt('reLaunch', options, () => pages.restart(options.url)),
  navigateBack: (options) => attempt('navigateBack', options, () => pages.pop(options?.delta ?? 1)),
}

/** What a tap on the tab bar does. */
export function tapTab (path) {
  pages.switchTo(`/${path}`)
  callHook(pages.topPage(), 'onTabItemTap', { index: tabIndex(path), pagePath: path, text: tabText(path) })
}

export const goHome = () => pages.restart(`/${packed.app.entryPagePath ?? packed.pages[0]}`)
