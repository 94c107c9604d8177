// The `wx` object that the mini-program sees. What is missing here is recorded, not hidden.
import { record } from '../record.js'
import { account } from './account.js'
import { bars } from './bars.js'
import { dialogs } from './dialogs.js'
import { media } from './media.js'
import { navigation } from './navigation.js'
import { requestPayment } from './payment.js'
import { downloadFile, request } from './request.js'
import { selector } from './selector.js'
import { storage } from './storage.js'
import { system } from './system.js'

const members = {
  request, downloadFile, requestPayment,
  ...account, ...bars, ...dialogs, ...media, ...navigation, ...selector, ...storage, ...system,
  canIUse: (schema) => schema.split('.')[0] in members || !/^[a-z]+[A-Z]/.test(schema),
}

/** Listeners on events of the app, kept so that tests can trigger them: name → callbacks. */
export const listeners = new Map()

function listenerCall (name) {
  const event = name.replace(/^(on|off)/, '')
  if (name.startsWith('off')) return (callback) => callback ? listeners.get(event)?.delete(callback) : listeners.delete(event)
  return (callback) => {
    if (!listeners.has(event)) listeners.set(event, new Set())
    listeners.get(event).add(callback)
  }
}

// Looked for by frameworks to find out what is there; asking for them is no call.
const PROBES = new Set(['createApp', 'createPage', 'createComponent', 'createPluginApp', 'createSubpackageApp', 'then', 'toJSON', 'cloud', 'qy'])

export const wx = new Proxy(members, {
  get (target, name) {
    if (name in target || typeof name === 'symbol') return target[name]
    if (/^(on|off)[A-Z]/.test(name)) return listenerCall(name)
    if (!PROBES.has(name) && !name.startsWith('$')) record.missing.add(name)
    return undefined
  },
})
