// A long gallery: the next page is appended when it comes near. Without JavaScript, a link leads to it.
const gallery = document.querySelector('.photos')
let isLoading

async function append() {
  const pager = document.querySelector('.pager'), next = pager.querySelector('[rel=next]')
  if (isLoading || !next) return
  isLoading = true
  try {
    const page = new DOMParser().parseFromString(await (await fetch(next.href)).text(), 'text/html')
    const rows = [...page.querySelector('.photos').children]
    for (const each of rows) {
      each.dataset.page = next.href // the address at which the photo is found again
      gallery.append(each)
      await new Promise(requestAnimationFrame) // the browser lays out one block of rows in a frame
    }
    if (pager.contains(document.activeElement)) rows[0].querySelector('a')?.focus({ preventScroll: true })
    // In place: a new element here would have the styles of the whole page computed.
    const newer = page.querySelector('.pager')
    pager.replaceChildren(...newer.childNodes)
    pager.setAttribute('aria-label', newer.getAttribute('aria-label'))
    watch()
    gallery.dispatchEvent(new Event('appended'))
  } catch {} // offline: the link stays
  isLoading = false
}

const near = new IntersectionObserver(([e]) => { if (e.isIntersecting) append() }, { rootMargin: '0px 0px 150%' })
function watch() {
  near.disconnect()
  near.observe(document.querySelector('.pager'))
}

watch()
gallery.addEventListener('ending', append) // from the viewer
