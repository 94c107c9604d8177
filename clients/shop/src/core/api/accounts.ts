import type { Address, AddressEdit, AddressInput, Me, Session, SmsCodeSent } from '../contract'
import { call } from '../http'
import { withProof } from '../proof'
import { knownDevice } from '../session'
import { one } from './path'

export const sendCode = (phone: string) =>
  withProof((proof) => call<SmsCodeSent>('POST', '/accounts/sms-codes', { body: { phone, device: knownDevice(), proof } }))
export const signInByPhone = (phone: string, code: string, requestId: string) =>
  withProof((proof) =>
    call<Session>('POST', '/accounts/sessions/phone', { body: { phone, code, request_id: requestId, device: knownDevice(), proof } }))
export const signInByWechat = (code: string) =>
  call<Session>('POST', '/accounts/sessions/wechat', { body: { code, device: knownDevice() } })
export const bindPhone = (phone: string, code: string, requestId: string) =>
  withProof((proof) =>
    call<Me>('POST', '/accounts/me/phone', { body: { phone, code, request_id: requestId, device: knownDevice(), proof } }))
export const uniteAccounts = (claim: string) => call<Me>('POST', '/accounts/me/union', { body: { claim } })
export const bindWechatPhone = (code: string) => call<Me>('POST', '/accounts/me/phone/wechat', { body: { code } })
export const signOut = () => call<void>('DELETE', '/accounts/sessions/current')
export const getMe = () => call<Me>('GET', '/accounts/me')
export const changeMe = (change: { nickname?: string; avatar?: string }) => call<Me>('PATCH', '/accounts/me', { body: change })
export const listAddresses = () => call<{ items: Address[] }>('GET', '/accounts/me/addresses')
export const addAddress = (a: AddressInput) => call<Address>('POST', '/accounts/me/addresses', { body: a })
export const putAddress = (id: string, a: AddressEdit) => call<Address>('PUT', one('/accounts/me/addresses', id), { body: a })
export const deleteAddress = (id: string) => call<void>('DELETE', one('/accounts/me/addresses', id))
