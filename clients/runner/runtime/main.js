// Starts the packed mini-program in this page.
import './elements/index.js'
import { connectFrame } from './frame.js'
import { loadApp, provide } from './modules.js'
import { packed, parseUrl } from './packed.js'
import * as pages from './pages.js'
import { callHook, record, reportError } from './record.js'
import { setUpRenderer } from './renderer.js'
import { launchPath } from './settings.js'
import { share } from './sharing.js'
import { cssOf } from './units.js'
import { listeners, wx } from './wx/index.js'
import { goHome, tapTab } from './wx/navigation.js'
import { launch } from './wx/system.js'

/** Scene numbers of the platform: opened from the list of mini-programs; from a share card. */
const SCENE_LIST = 1001
const SCENE_SHARE_CARD = 1007

let app

function addAppStyle () {
  if (!packed.styles.app) return
  const style = document.createElement('style')
  style.textContent = cssOf(packed.styles.app, '')
  document.head.append(style)
}

function setLaunch (url, scene) {
  Object.assign(launch, parseUrl(url), { scene })
  return { ...launch }
}

function start () {
  const url = launchPath ?? `/${packed.app.entryPagePath ?? packed.pages[0]}`
  const options = setLaunch(url, launchPath ? SCENE_SHARE_CARD : SCENE_LIST)
  setUpRenderer()
  provide({ wx, getApp: () => app, getCurrentPages: pages.currentPages })
  connectFrame({ back: () => pages.pop(), home: goHome, tab: tapTab })
  addAppStyle()
  app = { ...loadApp() }
  callHook(app, 'onLaunch', options)
  callHook(app, 'onShow', options)
  try {
    pages.push(url)
  } catch (error) {
    reportError('launch', error)
    callHook(app, 'onPageNotFound', { path: options.path, query: options.query, isEntryPage: true })
  }
}

const appEvent = (name, ...args) => {
  callHook(app, `on${name}`, ...args)
  for (const listener of listeners.get(`App${name}`) ?? []) listener(...args)
}

Object.assign(record, {
  wx,
  back: () => pages.pop(),
  path: () => pages.topEntry()?.path,
  data: () => pages.topPage()?.data,
  page: pages.topPage,
  app: () => app,
  depth: pages.depth,
  /** Asks the page on top for its share card, as the menu does. */
  share: () => share('menu'),
  pullDown: () => callHook(pages.topPage(), 'onPullDownRefresh'),
  /** The person leaves WeChat … */
  toBackground () {
    pages.hideTop()
    appEvent('Hide')
  },
  /** … and comes back, perhaps by opening a share card: then `url` is shown alone. */
  toForeground (url) {
    const options = url ? setLaunch(url, SCENE_SHARE_CARD) : { ...launch }
    appEvent('Show', options)
    if (url) pages.restart(url)
    else pages.showTop()
  },
  ready: false,
})

start()
record.ready = true
