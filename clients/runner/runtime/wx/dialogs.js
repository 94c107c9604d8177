// Toast, loading, modal, action sheet.
import { record } from '../record.js'
import { settings } from '../settings.js'
import { hideToast, openSheet, showToast } from '../sheet.js'
import { quietly, succeed } from './answer.js'

const WORDS = { zh_TW: ['取消', '確定'], zh_CN: ['取消', '确定'], en: ['Cancel', 'OK'] }
const words = () => WORDS[settings.language] ?? WORDS.en

// The answer comes when the person taps; with callbacks nothing is returned, as in WeChat.
function fromPerson (options, ask) {
  if (options.success || options.fail || options.complete) {
    ask((kind, result) => {
      options[kind]?.(result)
      options.complete?.(result)
    })
    return
  }
  return new Promise((resolve, reject) => ask((kind, result) => kind === 'success' ? resolve(result) : reject(result)))
}

function showModal (options) {
  const [cancelText, confirmText] = words()
  return fromPerson(options, (answer) => {
    const sheet = openSheet('modal')
    if (options.title) sheet.addText(options.title, 'rt-heading')
    if (options.content) sheet.addText(options.content, 'rt-content')
    const field = options.editable ? sheet.addField('text', options.content ?? '') : null
    const end = (confirm) => answer('success', { confirm, cancel: !confirm, content: field?.value ?? null, errMsg: 'showModal:ok' })
    if (options.showCancel !== false) sheet.addButton(options.cancelText ?? cancelText, () => end(false), 'cancel')
    sheet.addButton(options.confirmText ?? confirmText, () => end(true), 'confirm')
  })
}

function showActionSheet (options) {
  return fromPerson(options, (answer) => {
    const sheet = openSheet('actions')
    options.itemList.forEach((text, index) => {
      sheet.addButton(text, () => answer('success', { tapIndex: index, errMsg: 'showActionSheet:ok' }))
    })
    sheet.addButton(words()[0], () => answer('fail', { errMsg: 'showActionSheet:fail cancel' }), 'cancel')
  })
}

export const dialogs = {
  showModal,
  showActionSheet,
  showToast (options) {
    record.toasts.push(options.title)
    showToast(options.title, options.duration)
    return succeed('showToast', options)
  },
  hideToast (options) {
    hideToast()
    return succeed('hideToast', options)
  },
  ...quietly('showLoading', 'hideLoading', 'showNavigationBarLoading', 'hideNavigationBarLoading'),
}
