// Storage of one session: kept in this browser profile, over reloads, up to the platform's limits.
import { refuse, succeed } from './answer.js'

const PREFIX = 'mp:'
/** The platform's limit for all keys together, in KB. */
const LIMIT_KB = 10240

const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length))

function read (key) {
  const text = localStorage.getItem(PREFIX + key)
  return text === null ? undefined : JSON.parse(text).value
}

const write = (key, value) => localStorage.setItem(PREFIX + key, JSON.stringify({ value }))
const remove = (key) => localStorage.removeItem(PREFIX + key)
const clear = () => keys().forEach(remove)

function info () {
  const characters = keys().reduce((sum, key) => sum + localStorage.getItem(PREFIX + key).length, 0)
  return { keys: keys(), currentSize: Math.ceil(characters / 1024), limitSize: LIMIT_KB }
}

function getStorage (options) {
  const data = read(options.key)
  if (data === undefined) return refuse('getStorage', options, 'data not found')
  return succeed('getStorage', options, { data })
}

const after = (name, act) => (options) => {
  act(options)
  return succeed(name, options)
}

export const storage = {
  getStorageSync: (key) => read(key) ?? '',
  setStorageSync: write,
  removeStorageSync: remove,
  clearStorageSync: clear,
  getStorageInfoSync: info,
  getStorage,
  setStorage: after('setStorage', ({ key, data }) => write(key, data)),
  removeStorage: after('removeStorage', ({ key }) => remove(key)),
  clearStorage: after('clearStorage', clear),
  getStorageInfo: (options) => succeed('getStorageInfo', options, info()),
  batchSetStorageSync: (list) => list.forEach(({ key, value }) => write(key, value)),
  batchGetStorageSync: (list) => list.map((key) => read(key) ?? ''),
}
