// The sandbox desk: the local stand-in for WeChat's servers, where a person logs in and pays.
import { relayed } from '../files.js'
import { settings } from '../settings.js'

const HEADERS = encodeURIComponent(JSON.stringify({ 'content-type': 'application/json' }))

/** Asks the desk. @returns its JSON answer @throws {Error} when it refuses or is not there */
export async function askDesk (action, body) {
  const response = await fetch(relayed(`${settings.desk}/desk/api/${action}`), {
    method: 'POST', headers: { 'x-relay-send': HEADERS }, body: JSON.stringify(body),
  })
  const failure = response.headers.get('x-relay-failure')
  if (failure) throw new Error(decodeURIComponent(failure))
  const text = await response.text()
  if (!response.ok) throw new Error(`the desk answered ${response.status}: ${text.slice(0, 200)}`)
  return text ? JSON.parse(text) : {}
}
