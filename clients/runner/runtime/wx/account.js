// Login, phone number, permissions, privacy, subscription messages, address.
import { record } from '../record.js'
import { settings } from '../settings.js'
import { answerLater, quietly, refuse, succeed } from './answer.js'
import { askDesk } from './desk.js'

async function loginCode () {
  if (!settings.desk) return { code: settings.loginCode }
  return { code: (await askDesk('login-code', { nickname: settings.nickname })).code }
}

/** A one-time code for the person's phone number, as button open-type=getPhoneNumber gives it. */
export async function phoneCode () {
  if (!settings.desk) return settings.phoneCode
  return (await askDesk('phone-code', { phone: settings.phone })).code
}

/** WeChat itself knows who accepted what: without this it refuses to deliver the messages. */
async function tellConsents (templateIds) {
  if (!settings.desk || !templateIds.length) return
  await askDesk('subscriptions', { nickname: settings.nickname, template_ids: templateIds })
}

function requestSubscribeMessage (options) {
  const answerFor = (id) => typeof settings.subscribe === 'string' ? settings.subscribe : settings.subscribe[id] ?? 'accept'
  record.calls.push(`requestSubscribeMessage ${options.tmplIds.join(',')}`)
  if (!options.tmplIds.length || options.tmplIds.length > 5) {
    return refuse('requestSubscribeMessage', options, 'tmplIds must have 1 to 5 members', { errCode: 20003 })
  }
  const answers = Object.fromEntries(options.tmplIds.map((id) => [id, answerFor(id)]))
  return answerLater('requestSubscribeMessage', options, async () => {
    await tellConsents(options.tmplIds.filter((id) => answers[id] === 'accept'))
    return answers
  })
}

function chooseAddress (options) {
  if (settings.chooseAddress !== 'ok') return refuse('chooseAddress', options, settings.chooseAddress)
  return succeed('chooseAddress', options, { ...settings.address })
}

export const account = {
  login: (options) => answerLater('login', options, loginCode),
  requestSubscribeMessage,
  chooseAddress,
  getSetting: (options) => succeed('getSetting', options, { authSetting: {}, subscriptionsSetting: { mainSwitch: true, itemSettings: {} } }),
  openSetting: (options) => succeed('openSetting', options, { authSetting: {} }),
  getPrivacySetting: (options) => succeed('getPrivacySetting', options, { needAuthorization: false, privacyContractName: '《用戶隱私保護指引》' }),
  getUserProfile: (options) => succeed('getUserProfile', options, { userInfo: { nickName: settings.nickname, avatarUrl: '' } }),
  ...quietly('checkSession', 'authorize', 'requirePrivacyAuthorize', 'openPrivacyContract'),
}
