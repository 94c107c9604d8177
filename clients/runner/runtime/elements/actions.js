// button and navigator: the elements that leave the page or ask WeChat for something.
import { share } from '../sharing.js'
import { phoneCode } from '../wx/account.js'
import { settings } from '../settings.js'
import { navigation } from '../wx/navigation.js'
import { BuiltIn, define } from './base.js'

const AVATAR = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

async function emitPhoneNumber (button, type) {
  if (settings.phoneNumber !== 'ok') return button.emit(type.toLowerCase(), { errMsg: `${type}:fail user deny` })
  try {
    button.emit(type.toLowerCase(), { errMsg: `${type}:ok`, code: await phoneCode() })
  } catch (error) {
    button.emit(type.toLowerCase(), { errMsg: `${type}:fail ${error.message}` })
  }
}

const OPEN_TYPES = {
  share: (button) => share('button', button),
  getPhoneNumber: (button) => emitPhoneNumber(button, 'getPhoneNumber'),
  getRealtimePhoneNumber: (button) => emitPhoneNumber(button, 'getRealtimePhoneNumber'),
  chooseAvatar: (button) => button.emit('chooseavatar', { avatarUrl: AVATAR }),
  agreePrivacyAuthorization: (button) => button.emit('agreeprivacyauthorization'),
  openSetting: (button) => button.emit('opensetting', { authSetting: {}, errMsg: 'openSetting:ok' }),
  contact: (button) => button.emit('contact', { errMsg: 'enterContact:ok', path: '', query: {} }),
  launchApp: (button) => button.emit('error', { errMsg: 'invalid scene' }),
}

define('button', class extends BuiltIn {
  build () {
    this.addEventListener('click', () => {
      if (this.flag('disabled')) return
      for (const type of this.text('open-type').split('|')) OPEN_TYPES[type]?.(this)
      const formType = this.text('form-type') || this.text('formtype')
      if (formType) this.closest('wx-form')?.[formType]?.()
    })
  }
})

const METHODS = { switchTab: 'switchTab', redirect: 'redirectTo', reLaunch: 'reLaunch', navigateBack: 'navigateBack' }
define('navigator', class extends BuiltIn {
  build () {
    this.addEventListener('click', () => {
      const options = { url: this.text('url'), delta: this.number('delta', 1) }
      const answer = {
        success: (result) => this.emit('success', result),
        fail: (error) => this.emit('fail', error),
        complete: (result) => this.emit('complete', result),
      }
      navigation[METHODS[this.text('open-type')] ?? 'navigateTo']({ ...options, ...answer })
    })
  }
})
