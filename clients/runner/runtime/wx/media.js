// Canvas, pictures, clipboard, and the phone's other applications.
import { equipCanvas } from '../elements/media.js'
import { fileUrl } from '../files.js'
import { record } from '../record.js'
import { settings } from '../settings.js'
import { showToast } from '../sheet.js'
import { answerLater, quietly, refuse, succeed } from './answer.js'

const createOffscreenCanvas = ({ width, height } = {}) => equipCanvas(document.createElement('canvas'), width, height)

function cropped (options) {
  const { canvas } = options
  if (options.x === undefined && options.width === undefined && options.destWidth === undefined) return canvas
  const { x = 0, y = 0, width = canvas.width, height = canvas.height } = options
  const copy = document.createElement('canvas')
  copy.width = options.destWidth ?? width
  copy.height = options.destHeight ?? height
  copy.getContext('2d').drawImage(canvas, x, y, width, height, 0, 0, copy.width, copy.height)
  return copy
}

async function toTempFile (options) {
  if (!options.canvas) throw new Error('only 2d canvases are supported here')
  const type = options.fileType === 'jpg' ? 'image/jpeg' : 'image/png'
  const blob = await new Promise((resolve) => cropped(options).toBlob(resolve, type, options.quality))
  return { tempFilePath: URL.createObjectURL(blob) }
}

function imageInfo (path) {
  return new Promise((resolve, reject) => {
    const image = new window.Image()
    image.onload = () => resolve({ width: image.width, height: image.height, path, orientation: 'up', type: 'png' })
    image.onerror = () => reject(new Error('file not found'))
    image.src = fileUrl(path)
  })
}

export const media = {
  createOffscreenCanvas,
  canvasToTempFilePath: (options) => answerLater('canvasToTempFilePath', options, () => toTempFile(options)),
  getImageInfo: (options) => answerLater('getImageInfo', options, () => imageInfo(options.src)),
  saveImageToPhotosAlbum (options) {
    if (settings.saveImage !== 'ok') return refuse('saveImageToPhotosAlbum', options, 'auth deny')
    record.saved.push(options.filePath)
    return succeed('saveImageToPhotosAlbum', options)
  },
  setClipboardData (options) {
    record.clipboard = options.data
    showToast('內容已複製')
    return succeed('setClipboardData', options)
  },
  getClipboardData: (options) => succeed('getClipboardData', options, { data: record.clipboard ?? '' }),
  scanCode: (options) => settings.scan ? succeed('scanCode', options, { result: settings.scan }) : refuse('scanCode', options, 'cancel'),
  makePhoneCall (options) {
    record.calls.push(`makePhoneCall ${options.phoneNumber}`)
    return succeed('makePhoneCall', options)
  },
  base64ToArrayBuffer: (text) => Uint8Array.from(window.atob(text), (char) => char.charCodeAt(0)).buffer,
  arrayBufferToBase64: (buffer) => window.btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('')),
  ...quietly('previewImage', 'showShareImageMenu', 'openLocation'),
}
