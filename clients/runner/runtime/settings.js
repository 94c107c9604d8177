// The person and the phone this session plays. Taken from the page's address (`?settings=<json>`,
// see serve.mjs) on top of the server's; tests may also write to window.__runner.settings.
import { record } from './record.js'

const DEFAULTS = {
  language: 'zh_TW',
  nickname: '訪客',
  phone: '13800000000',
  /** address of the sandbox desk; null: codes come from `loginCode` and `phoneCode` */
  desk: null,
  loginCode: 'login-code',
  phoneCode: 'phone-code',
  /** answers of dialogs that WeChat shows itself: 'ok' | 'cancel' | 'fail' */
  payment: 'ok',
  phoneNumber: 'ok',
  chooseAddress: 'ok',
  saveImage: 'ok',
  /** 'accept' | 'reject' | 'ban', for all templates or by template id */
  subscribe: 'accept',
  address: {
    userName: '王小明', telNumber: '13800000000', provinceName: '广东省', cityName: '深圳市',
    countyName: '南山区', detailInfo: '科技园1号', postalCode: '518000', nationalCode: '440305',
  },
  region: { value: ['广东省', '深圳市', '南山区'], code: ['440000', '440300', '440305'], postcode: '518000' },
  scan: '',
  network: 'wifi',
  /** members laid over the answer of getSystemInfo and its parts */
  device: {},
  /** origin in the build → origin that really answers */
  origins: {},
}

const search = new URLSearchParams(location.search)
export const settings = Object.assign(DEFAULTS, window.__MP_SETTINGS__, JSON.parse(search.get('settings') ?? '{}'))
/** The path this session is launched with, or null for the first page. */
export const launchPath = search.get('open')
record.settings = settings

/** `url` with its origin replaced as `settings.origins` says. */
export function realUrl (url) {
  const entry = Object.entries(settings.origins).find(([origin]) => url === origin || url.startsWith(`${origin}/`))
  return entry ? entry[1] + url.slice(entry[0].length) : url
}
