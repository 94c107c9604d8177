// CommonJS as in WeChat's logic layer: every module sees what WeChat provides and none of the
// browser's globals (pack/scripts.mjs lists both).
import { packed, resolvePath } from './packed.js'
import { reportError } from './record.js'
import { space } from './renderer.js'

const cache = new Map()
const defined = new Set()
let registrar = null
let provided = { wx: {}, getApp: () => undefined, getCurrentPages: () => [] }
let appOptions = {}

const STANDARD = ('Object Array Boolean Number String Symbol BigInt Math JSON Date RegExp Promise Proxy Reflect ' +
  'Map Set WeakMap WeakSet WeakRef Error TypeError RangeError SyntaxError EvalError URIError ReferenceError ' +
  'ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array ' +
  'Float32Array Float64Array BigInt64Array BigUint64Array Intl parseInt parseFloat isNaN isFinite ' +
  'encodeURIComponent decodeURIComponent encodeURI decodeURI escape unescape NaN Infinity undefined ' +
  'setTimeout clearTimeout setInterval clearInterval console').split(' ')

// What `globalThis`, `global` and `Function('return this')()` give: the language, not the browser.
const logicGlobal = Object.fromEntries(STANDARD.map((name) => [name, window[name]]))
for (const name of ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval']) {
  logicGlobal[name] = (...args) => window[name](...args)
}
logicGlobal.globalThis = logicGlobal

function makeFunction (_, args) {
  if (args.length === 1 && /^\s*return this;?\s*$/.test(args[0])) return () => logicGlobal
  throw new EvalError('code generation from strings is not allowed in a mini-program')
}
const LogicFunction = new Proxy(Function, { apply: (target, self, args) => makeFunction(target, args), construct: makeFunction })

/** Sets what modules get under `wx`, `getApp` and `getCurrentPages`. */
export function provide (values) {
  provided = values
}

const findModule = (path) => [path, `${path}.js`, `${path}/index.js`].find((file) => packed.modules[file])

function requireFrom (from) {
  const resolve = (ref) => {
    const file = findModule(resolvePath(from, ref))
    if (!file) throw new Error(`module '${ref}' is not defined (required by ${from})`)
    return file
  }
  const require = (ref) => load(resolve(ref))
  require.async = async (ref) => load(resolve(ref))
  return require
}

function noPlugins (name) {
  throw new Error(`plugins cannot be run here: ${name}`)
}

function load (file) {
  const known = cache.get(file)
  if (known) return known.exports
  const module = { exports: {} }
  cache.set(file, module)
  const { wx, getApp, getCurrentPages } = provided
  const owner = registrar
  packed.modules[file](
    requireFrom(file), module, module.exports, wx,
    (options) => { appOptions = options },
    (options) => registrar.Page(options),
    (options) => options ? registrar.Component(options) : registrar.Component(),
    (options) => (registrar ?? owner).Behavior(options),
    getApp, getCurrentPages, noPlugins, noPlugins, logicGlobal, logicGlobal, LogicFunction,
  )
  return module.exports
}

function runWithRegistrar (path) {
  space.componentEnv(path, (environment) => {
    const before = registrar
    registrar = environment
    try {
      load(`${path}.js`)
    } finally {
      registrar = before
    }
  })
}

/** Runs app.js and returns the options it gave to App(). */
export function loadApp () {
  try {
    runWithRegistrar('app')
  } catch (error) {
    reportError('app.js', error)
  }
  return appOptions
}

/** Runs the JavaScript of a page or component once, that of the components it uses first. */
export function define (path) {
  if (defined.has(path)) return
  defined.add(path)
  for (const ref of Object.values({ ...packed.app.usingComponents, ...packed.json[path]?.usingComponents })) {
    if (/:\/\//.test(ref)) continue
    const target = resolvePath(path, ref)
    define(packed.json[target] ? target : `${target}/index`)
  }
  runWithRegistrar(path)
}
