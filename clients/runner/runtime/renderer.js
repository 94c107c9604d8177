// glass-easel, WeChat's component framework, set up to draw into this document.
import * as ge from 'glass-easel'
import * as adapter from 'glass-easel-miniprogram-adapter'
import { isBuiltIn } from './elements/names.js'
import { installEventShape } from './events.js'
import { isPage, packed } from './packed.js'
import { record, reportError } from './record.js'
import { cssOf, inlineStyle, scopeOf } from './units.js'

const MADE_BY_THE_FRAMEWORK = new Set(['tap', 'canceltap', 'longpress', 'longtap'])

Object.assign(ge.globalOptions, { throwGlobalError: false, useMethodCallerListeners: true, writeIdToDOM: true })
ge.addGlobalErrorListener((error) => {
  reportError('component', error)
  return false
})
ge.addGlobalWarningListener((warning) => {
  record.warnings.push(warning)
  return false
})
installEventShape()

function createElement (name) {
  const element = document.createElement(isBuiltIn(name) ? `wx-${name}` : name)
  const set = element.setAttribute.bind(element)
  element.setAttribute = (attribute, value) => set(attribute, attribute === 'style' ? inlineStyle(value) : value)
  return element
}

class Backend extends ge.CurrentWindowBackendContext {
  constructor () {
    super()
    this.document = {
      createElement,
      createTextNode: (text) => document.createTextNode(text),
      createDocumentFragment: () => document.createDocumentFragment(),
    }
  }

  onEvent (listener) {
    super.onEvent(listener)
    this.deliver = listener
  }

  // Built-in elements speak through CustomEvents (elements/base.js); the framework's own set of
  // events does not know those, so they are handed over here.
  setListenerStats (element, type, capture, mutLevel) {
    if (!element || MADE_BY_THE_FRAMEWORK.has(type)) return
    if (/^(touch|mouse)/.test(type)) return super.setListenerStats(element, type, capture, mutLevel)
    element.__heard ??= new Set()
    if (element.__heard.has(type)) return
    element.__heard.add(type)
    element.addEventListener(type, (event) => {
      if (event.target !== element || !element.__wxElement || !(event instanceof CustomEvent)) return
      const options = { originalEvent: event, bubbles: event.bubbles, composed: false, capturePhase: true }
      this.deliver(element.__wxElement, type, event.detail, options)
    })
  }
}

const backend = new Backend()
const env = new adapter.MiniProgramEnv()
export const space = env.createCodeSpace('main', true)
const associated = env.associateBackend(backend)

/** A new tree of the page at `path`; not yet attached. */
export const createRoot = (path) => associated.createRoot('page-root', space, path)

// The adapter reads style isolation from the JSON only; WeChat also takes it from the options that
// the component's JavaScript gives, which is where uni-app writes it.
function takeStyleIsolation (path, options) {
  const config = space.staticConfigMap[path]
  if (!config?.component || config.styleIsolation) return
  config.styleIsolation = options?.styleIsolation ?? (options?.addGlobalClass ? 'apply-shared' : undefined)
}

function readOptionsAsWritten () {
  const prepare = space.prepareComponentOptions.bind(space)
  space.prepareComponentOptions = (path, options) => {
    takeStyleIsolation(path, options)
    const result = prepare(path, options)
    result[0].idPrefixGenerator = null
    return result
  }
}

// `ready` comes after the first layout, for every component; glass-easel leaves it to its host.
function triggerReady () {
  const behavior = space.getComponentSpace().define().lifetime('attached', function () {
    const component = this._$ ?? this
    requestAnimationFrame(() => component.triggerLifetime('ready', []))
  })
  space.setOverallBehavior(behavior.registerBehavior())
}

// An attribute of undefined or null means "not set". The raw value is kept for elements that take
// arrays or objects, which an HTML attribute cannot carry.
function keepRawValues () {
  const set = ge.NativeNode.prototype.setAttribute
  ge.NativeNode.prototype.updateAttribute = function (name, value) {
    const node = this.$$
    if (node) (node.raw ??= {})[name] = value
    if (value === undefined || value === null) return this.removeAttribute(name)
    return set.call(this, name, value)
  }
}

function deliverEvents () {
  backend.onEvent((target, type, detail, options) => {
    const event = new ge.Event(type, detail, options)
    ge.Event.dispatchEvent(target, event)
    const status = ge.EventBubbleStatus
    return event.defaultPrevented() ? status?.NoDefault : status?.Normal
  })
}

// glass-easel ignores an event whose handler is not there; here it is a defect of the build. Templates
// write "true" or nothing where an event shall only be caught.
function noticeLostHandlers () {
  const getMethod = ge.Component.getMethod
  ge.Component.getMethod = (component, name) => {
    const method = getMethod(component, name)
    if (!method && name && name !== 'true') reportError('event', `${component.is} has no method "${name}"`)
    return method
  }
}

function addConfigs () {
  for (const [path, config] of Object.entries(packed.json)) {
    if (path === 'app' || path.startsWith('project.')) continue
    const usingComponents = { ...packed.app.usingComponents, ...config.usingComponents }
    space.addComponentStaticConfig(path, { ...config, component: config.component ?? !isPage(path), usingComponents })
  }
}

function addTemplates () {
  const groupList = packed.templates
  for (const path of Object.keys(groupList)) {
    space.addCompiledTemplate(path, { groupList, content: groupList[path], fallbackListenerOnNativeNode: true })
  }
}

// Page styles are switched with the page (pages.js); the app's own is put into the head by main.js.
function addStyles () {
  for (const [path, tokens] of Object.entries(packed.styles)) {
    if (isPage(path)) continue
    const shared = path === 'app' || packed.json[path]?.styleIsolation === 'shared'
    const scope = shared ? '' : scopeOf(path)
    backend.registerStyleSheetContent(path, cssOf(tokens, scope && `${scope}--`))
    space.addStyleSheet(path, path, scope || undefined)
  }
}

export function setUpRenderer () {
  readOptionsAsWritten()
  triggerReady()
  keepRawValues()
  deliverEvents()
  noticeLostHandlers()
  addConfigs()
  addTemplates()
  addStyles()
}
