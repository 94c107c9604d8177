// wx.requestPayment: the person pays at the sandbox desk.
import { record } from '../record.js'
import { settings } from '../settings.js'
import { refuse, succeed } from './answer.js'
import { askDesk } from './desk.js'

const REQUIRED = ['timeStamp', 'nonceStr', 'package', 'paySign']
const REFUSED = ['refused', 'closed', 'expired']
const REFUSALS = { cancel: 'cancel', fail: 'requestPayment:fail' }

function missingParameter (options) {
  const name = REQUIRED.find((field) => typeof options[field] !== 'string' || !options[field])
  if (name) return `parameter.${name} should be String`
  if (!/^prepay_id=.+/.test(options.package)) return 'parameter.package should be prepay_id=…'
}

export function requestPayment (options) {
  record.calls.push(`requestPayment ${options.package}`)
  const wrong = missingParameter(options)
  if (wrong) return refuse('requestPayment', options, wrong)
  if (settings.payment !== 'ok') return refuse('requestPayment', options, REFUSALS[settings.payment] ?? settings.payment)
  if (!settings.desk) return succeed('requestPayment', options)
  const prepayId = options.package.slice('prepay_id='.length)
  const paid = askDesk('pay', { prepay_id: prepayId }).then(({ result }) => {
    if (REFUSED.includes(result)) throw new Error(result)
  })
  const answer = paid.then(() => succeed('requestPayment', options), (error) => refuse('requestPayment', options, error.message))
  return options.success || options.fail || options.complete ? undefined : answer
}
