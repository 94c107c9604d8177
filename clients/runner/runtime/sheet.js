// Dialogs that lie over the page: modal, action sheet, picker.
function element (tag, className, text = '') {
  const node = document.createElement(tag)
  node.className = className
  node.textContent = text
  return node
}

/** @param {'modal' | 'actions' | 'picker'} kind  also the class `rt-<kind>` for tests */
export function openSheet (kind) {
  const mask = element('div', `rt-mask rt-${kind}`)
  const box = element('div', 'rt-box')
  mask.append(box)
  document.body.append(mask)
  const add = (node) => {
    box.append(node)
    return node
  }
  return {
    close: () => mask.remove(),
    addText: (text, className) => add(element('div', className, text)),
    addField (type, value) {
      const field = add(element('input', 'rt-field'))
      field.type = type
      field.value = value
      return field
    },
    addSelect (labels, chosen, onChange) {
      const select = add(element('select', 'rt-field'))
      select.append(...labels.map((label, index) => new Option(label, String(index), false, index === chosen)))
      select.onchange = () => onChange(Number(select.value))
    },
    addButton (text, onTap, className = '') {
      const button = add(element('div', `rt-btn ${className}`, text))
      button.onclick = () => {
        mask.remove()
        onTap()
      }
    },
  }
}

let hiding
export function showToast (text, milliseconds = 1500) {
  const toast = document.getElementById('rt-toast')
  toast.textContent = text
  toast.hidden = false
  clearTimeout(hiding)
  hiding = setTimeout(hideToast, milliseconds)
}

export function hideToast () {
  document.getElementById('rt-toast').hidden = true
}
