// Keeps marked parts of a page fresh, shows times in the reader's zone, copies codes.
'use strict'

function showTimes(root) {
  for (const time of root.querySelectorAll('time[datetime]')) {
    const moment = new Date(time.dateTime)
    if (!Number.isNaN(moment.getTime())) time.textContent = moment.toLocaleString(document.documentElement.lang)
  }
}

async function refresh() {
  const parts = document.querySelectorAll('[data-live]')
  if (!parts.length || document.hidden) return
  const response = await fetch(location.href, { headers: { accept: 'text/html' } })
  if (!response.ok) return
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html')
  for (const part of parts) {
    const next = fresh.getElementById(part.id)
    // Compared as sent: the shown times are already changed on this side.
    if (!next || part.dataset.sent === next.innerHTML) continue
    part.dataset.sent = next.innerHTML
    part.innerHTML = next.innerHTML
    showTimes(part)
  }
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]')
  if (!button) return
  const code = button.dataset.copy
  try {
    await navigator.clipboard.writeText(code)
  } catch {
    const range = document.createRange()
    range.selectNodeContents(button.parentElement.querySelector('output'))
    getSelection().removeAllRanges()
    getSelection().addRange(range)
    document.execCommand('copy')
  }
  button.textContent = button.dataset.done
})

for (const part of document.querySelectorAll('[data-live]')) part.dataset.sent = part.innerHTML
showTimes(document)
setInterval(() => refresh().catch(() => {}), 2000)
