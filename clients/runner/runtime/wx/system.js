// What the phone and WeChat say about themselves.
import { packed } from '../packed.js'
import { settings } from '../settings.js'
import { quietly, succeed } from './answer.js'

const host = () => document.getElementById('rt-pages')
const withOwn = (values) => ({ ...values, ...Object.fromEntries(Object.entries(settings.device).filter(([name]) => name in values)) })

const windowInfo = () => withOwn({
  pixelRatio: devicePixelRatio,
  screenWidth: innerWidth,
  screenHeight: innerHeight,
  windowWidth: innerWidth,
  windowHeight: host().clientHeight,
  statusBarHeight: 0,
  screenTop: innerHeight - host().clientHeight,
  safeArea: { left: 0, right: innerWidth, top: 0, bottom: innerHeight, width: innerWidth, height: innerHeight },
})
const deviceInfo = () => withOwn({
  abi: 'arm64-v8a', benchmarkLevel: 30, brand: 'runner', model: 'runner', system: 'Android 14', platform: 'android', cpuType: '', memorySize: '8192',
})
const appBaseInfo = () => withOwn({
  SDKVersion: '3.10.0', enableDebug: false, language: settings.language, version: '8.0.60', theme: 'light', fontSizeSetting: 16, host: { appId: '' },
})
const systemInfo = () => ({ ...deviceInfo(), ...windowInfo(), ...appBaseInfo(), ...settings.device })

/** Who wants to hear when the device loses its network or gets it back. */
const listeners = new Map()
const networkStatus = {
  onNetworkStatusChange (callback) {
    const hear = () => callback({ isConnected: navigator.onLine, networkType: navigator.onLine ? settings.network : 'none' })
    listeners.set(callback, hear)
    for (const kind of ['online', 'offline']) addEventListener(kind, hear)
  },
  offNetworkStatusChange (callback) {
    for (const [wanted, hear] of callback ? [[callback, listeners.get(callback)]] : [...listeners]) {
      for (const kind of ['online', 'offline']) removeEventListener(kind, hear)
      listeners.delete(wanted)
    }
  },
}

/** How this session was started; set by main.js. */
export const launch = { path: packed.pages[0], query: {}, scene: 1001, referrerInfo: {}, apiCategory: 'default' }

export const system = {
  getSystemInfoSync: systemInfo,
  getSystemInfo: (options) => succeed('getSystemInfo', options, systemInfo()),
  getSystemInfoAsync: (options) => succeed('getSystemInfoAsync', options, systemInfo()),
  getWindowInfo: windowInfo,
  getDeviceInfo: deviceInfo,
  getAppBaseInfo: appBaseInfo,
  getSystemSetting: () => ({ bluetoothEnabled: false, locationEnabled: true, wifiEnabled: true, deviceOrientation: 'portrait' }),
  getAppAuthorizeSetting: () => ({ notificationAuthorized: 'authorized', locationAuthorized: 'authorized' }),
  getSkylineInfoSync: () => ({ isSupported: false }),
  getRendererUserAgent: (options) => succeed('getRendererUserAgent', options, { userAgent: '' }),
  getMenuButtonBoundingClientRect: () => ({ left: innerWidth - 94, right: innerWidth - 7, top: 6, bottom: 38, width: 87, height: 32 }),
  getLaunchOptionsSync: () => ({ ...launch }),
  getEnterOptionsSync: () => ({ ...launch }),
  getAccountInfoSync: () => ({ miniProgram: { appId: 'touristappid', envVersion: 'develop', version: '' }, plugin: {} }),
  getNetworkType: (options) => succeed('getNetworkType', options, { networkType: settings.network }),
  ...networkStatus,
  getUpdateManager: () => ({ onCheckForUpdate () {}, onUpdateReady () {}, onUpdateFailed () {}, applyUpdate () {} }),
  getPerformance: () => ({ now: () => performance.now(), createObserver: () => ({ observe () {}, disconnect () {} }) }),
  getLogManager: () => ({ log () {}, info () {}, warn () {}, debug () {} }),
  getRealtimeLogManager: () => ({ info () {}, warn () {}, error () {}, setFilterMsg () {}, addFilterMsg () {} }),
  nextTick: (callback) => setTimeout(callback, 0),
  env: { USER_DATA_PATH: 'http://usr' },
  reportEvent () {},
  reportAnalytics () {},
  preloadAssets () {},
  preloadWebview () {},
  preloadSkylineView () {},
  ...quietly('setKeepScreenOn', 'vibrateShort', 'vibrateLong', 'loadFontFace', 'setVisualEffectOnCapture', 'setEnableDebug', 'exitMiniProgram'),
}
