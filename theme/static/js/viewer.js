// The viewer: a native dialog over the gallery. Without JavaScript, each picture links to its own page, which shows the same.
const gallery = document.querySelector('.photos'), labels = gallery?.dataset
const ownAddress = location.pathname + location.search
let links = gallery ? [...gallery.querySelectorAll('li a')] : []
const still = matchMedia('(prefers-reduced-motion: reduce)')
const dense = '(min-resolution:2.1dppx)', low = '(max-height:500px) and (min-aspect-ratio:1/1)' // low: a phone on its side
const forward = document.dir === 'rtl' ? -1 : 1
const isAlone = links.length < 2
let dialog, list, words, seen, current = 0, isShown = false, hasCaptions = true, timer, drag

// What each control draws, in a box of 24 by 24. A control without a label is not offered.
const icons = {
  slideshow: 'M8 5l11 7-11 7z',
  fullscreen: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  share: 'M12 15V4M8 8l4-4 4 4M5 12v8h14v-8',
  download: 'M12 4v11M8 11l4 4 4-4M5 20h14',
  caption: 'M5 7h14M5 12h14M5 17h8',
  zoom: 'M10 4a6 6 0 1 0 .01 0M14.5 14.5L20 20M7.5 10h5M10 7.5v5',
  previous: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  close: 'M5 5l14 14M19 5L5 19',
}
const pauseIcon = 'M9 5v14M15 5v14'
const unavailable = {
  slideshow: isAlone, previous: isAlone, next: isAlone,
  fullscreen: !document.fullscreenEnabled,
  share: !navigator.share && !navigator.clipboard,
  caption: !gallery?.querySelector('.rows p'),
}
const controls = {}
const actions = {
  slideshow: () => play(!timer),
  fullscreen: () => document.fullscreenElement ? document.exitFullscreen() : dialog.firstChild.requestFullscreen(),
  share,
  caption() { hasCaptions = !hasCaptions; controls.caption.ariaPressed = hasCaptions; write() },
  zoom: () => zoom100(),
  previous: () => go(current - 1),
  next: () => go(current + 1),
  close,
}

const image = n => list.children[n].querySelector('img')
const clamp = n => Math.max(0, Math.min(links.length - 1, n))

function build() {
  dialog = document.createElement('dialog')
  dialog.className = 'viewer'
  dialog.ariaLabel = labels.title
  dialog.innerHTML = `<div><ol tabindex="0"></ol><footer><p role="status"></p></footer></div>`
  list = dialog.querySelector('ol')
  list.ariaLabel = labels.help
  words = dialog.querySelector('p')
  for (const [name, path] of Object.entries(icons)) {
    if (!labels[name] || unavailable[name]) continue
    const control = document.createElement(name === 'download' ? 'a' : 'button')
    control.dataset.do = name
    control.title = control.ariaLabel = labels[name]
    control.innerHTML = `<svg viewBox="0 0 24 24"><path d="${path}"/></svg>`
    if (name === 'slideshow' || name === 'zoom') control.ariaPressed = false
    if (name === 'caption') control.ariaPressed = true
    words.parentNode.append(controls[name] = control)
  }
  document.body.append(dialog)
  seen = new IntersectionObserver(entries => {
    for (const e of entries) if (e.isIntersecting && isShown) arrived([...list.children].indexOf(e.target))
  }, { root: list, threshold: .6 })
  addItems()
  dialog.addEventListener('click', e => {
    const action = e.target.closest('[data-do]')?.dataset.do
    if (action !== 'slideshow') play(false)
    if (action) actions[action]?.()
    else if (e.target.tagName === 'LI' && !drag) close()
    else if (e.target.tagName === 'IMG' && !drag) zoom100(e)
  })
  dialog.addEventListener('keydown', e => {
    if (e.altKey || e.ctrlKey || e.metaKey || zoomed() && e.key.startsWith('Arrow')) return // Alt and ← goes back in the browser
    const to = { ArrowRight: current + forward, ArrowLeft: current - forward, Home: 0, End: links.length - 1 }[e.key]
    if (to != null) { e.preventDefault(); play(false); go(to) }
    if (e.key === 'z') zoom100()
  })
  dialog.addEventListener('cancel', e => { e.preventDefault(); zoomed() ? zoom100() : close() })
  dialog.addEventListener('close', () => { if (!dialog.open && !dialog.returnValue) close() }) // closed by the browser itself
  list.addEventListener('pointerdown', e => { play(false); drag = null; if (zoomed() && e.pointerType === 'mouse') drag = { x: e.clientX, y: e.clientY, moved: 0 }; if (drag) e.preventDefault() })
  list.addEventListener('pointermove', e => {
    if (!drag || !e.buttons) return
    const item = zoomed(); item.scrollLeft -= e.clientX - drag.x; item.scrollTop -= e.clientY - drag.y
    drag = { x: e.clientX, y: e.clientY, moved: drag.moved + 1 }
  })
  list.addEventListener('pointerup', () => { if (drag && drag.moved < 4) drag = null })
  // Fingers move the page that they have magnified, not the photos.
  visualViewport.addEventListener('resize', () => list.classList.toggle('pinched', visualViewport.scale > 1.01))
}

// One item for each photo that has none yet.
function addItems() {
  for (const link of links.slice(list.children.length)) {
    const place = link.parentNode, item = document.createElement('li'), picture = link.firstElementChild.cloneNode(true)
    item.style.cssText = place.style.cssText
    if (place.dataset.s) item.dataset.s = place.dataset.s
    item.style.setProperty('--px', widest(picture))
    const img = picture.querySelector('img'), ratio = img.width / img.height || img.getAttribute('width') / img.getAttribute('height')
    const fit = (bar, share) => `min(${share * 100}vw,(100vh - ${bar})*${ratio * share})`
    for (const s of picture.querySelectorAll('[sizes]')) {
      s.sizes = `${dense} and ${low} ${fit('0px', .67)},${low} ${fit('0px', 1)},${dense} ${fit('4.5rem', .67)},${fit('4.5rem', 1)}`
    }
    img.loading = 'lazy'
    img.removeAttribute('fetchpriority')
    item.append(picture)
    list.append(item)
    seen.observe(item)
  }
}

function arrived(n) {
  if (n !== current && zoomed()) zoom100()
  current = n
  write()
  if (controls.download) {
    const largest = image(n)
    controls.download.href = largest.srcset.split(', ').at(-1).split(' ')[0] || largest.src
    controls.download.download = links[n].id
  }
  history.replaceState(history.state, '', address(n))
  for (const m of [n - 1, n, n + 1]) if (list.children[m]) image(m).loading = 'eager'
  if (n > links.length - 4) gallery.dispatchEvent(new Event('ending'))
}

function write() {
  const caption = hasCaptions && links[current].parentNode.querySelector('p')
  words.textContent = `${current + +labels.first} / ${labels.total}   ${caption ? caption.textContent : ''}`
}

function go(n) {
  n = clamp(n)
  if (zoomed()) zoom100()
  list.children[n].scrollIntoView({ inline: 'center', block: 'nearest', behavior: still.matches || Math.abs(n - current) > 1 ? 'instant' : 'smooth' })
  if (still.matches) arrived(n)
}

// In a site with only JPEG, a small picture is one file without srcset.
const widest = picture => Math.max(picture.querySelector('img').getAttribute('width'), ...picture.querySelector('[srcset]')?.srcset.match(/\d+(?=w)/g) ?? [])

const zoomed = () => list.querySelector('.zoomed')

// Show one pixel of the largest file on one pixel of the screen, centered where the visitor pointed.
function zoom100(at) {
  const item = list.children[current], img = image(current), on = item.classList.toggle('zoomed')
  controls.zoom.ariaPressed = on
  const whole = widest(img.parentNode) / devicePixelRatio + 'px'
  for (const s of img.parentNode.querySelectorAll('[sizes]')) {
    s.dataset.was ??= s.sizes
    s.sizes = on ? whole : s.dataset.was
  }
  const box = img.getBoundingClientRect(), x = at ? (at.clientX - box.x) / box.width : .5, y = at ? (at.clientY - box.y) / box.height : .5
  img.style.width = on ? whole : ''
  if (on) item.scrollTo(img.offsetWidth * x - item.clientWidth / 2, img.offsetHeight * y - item.clientHeight / 2)
}

// The picture grows from its place in the gallery and shrinks back to it.
function morph(from, change, to) {
  if (!document.startViewTransition || still.matches) return change()
  from.style.viewTransitionName = 'photo'
  const transition = document.startViewTransition(async () => {
    from.style.viewTransitionName = ''
    change()
    to().style.viewTransitionName = 'photo'
    await Promise.race([to().decode().catch(() => {}), new Promise(r => setTimeout(r, 300))])
  })
  transition.ready.catch(() => {}) // an earlier click skips the transition
  transition.finished.finally(() => { to().style.viewTransitionName = '' })
}

const thumbnail = () => links[current].querySelector('img')

function play(isOn) {
  if (!controls.slideshow || isOn === !!timer) return
  clearInterval(timer)
  timer = isOn && setInterval(() => go((current + 1) % links.length), 5000)
  controls.slideshow.ariaPressed = isOn
  controls.slideshow.querySelector('path').setAttribute('d', isOn ? pauseIcon : icons.slideshow)
  words.ariaLive = isOn ? 'off' : 'polite'
}

// Share the photo's own page: it has a preview for other sites.
async function share() {
  const url = links[current].href
  try {
    if (navigator.share) return await navigator.share({ title: document.title, url })
    await navigator.clipboard.writeText(url)
    words.textContent = labels.copied
  } catch {} // the visitor or the browser said no
}

// On a touch screen, say once that photos can be swiped.
function hint() {
  if (isAlone || !matchMedia('(pointer: coarse)').matches) return
  try {
    if (localStorage.swipeHint) return
    localStorage.swipeHint = 'shown'
  } catch { return } // storage is off: rather never than every time
  const text = document.createElement('p')
  text.className = 'hint'
  text.textContent = labels.swipe
  dialog.firstChild.append(text)
  list.addEventListener('pointerdown', () => text.remove(), { once: true })
  setTimeout(() => text.remove(), 5000)
}

function show(n) {
  if (!dialog) build()
  current = n
  isShown = true
  image(n).loading = 'eager'
  morph(thumbnail(), () => {
    dialog.returnValue = ''
    dialog.showModal()
    list.children[n].scrollIntoView({ inline: 'center', block: 'nearest', behavior: 'instant' })
    arrived(n)
    list.focus({ preventScroll: true })
    hint()
  }, () => image(n))
}

function hide() {
  isShown = false
  if (!dialog?.open) return
  if (zoomed()) zoom100()
  play(false)
  if (document.fullscreenElement) document.exitFullscreen()
  links[current].scrollIntoView({ block: 'nearest', behavior: 'instant' })
  morph(image(current), () => {
    dialog.close('by us')
    links[current].focus({ preventScroll: true })
  }, thumbnail)
}

// The open viewer is an entry of the history, so that Back closes it. A deep link has no such entry.
function open(n) {
  history.scrollRestoration = 'manual' // closing scrolls to the photo shown last
  history.pushState({ viewer: true }, '', address(n))
  show(n)
}

function close() {
  if (!isShown) return
  isShown = false
  if (history.state?.viewer) return history.back()
  history.replaceState(null, '', location.pathname + location.search)
  hide()
}

// A photo of a page that was appended is found at the address of that page.
const address = n => (links[n].closest('[data-page]')?.dataset.page ?? ownAddress) + '#' + links[n].id
const findPhotoInUrl = () => links.findIndex(link => '#' + link.id === location.hash)

gallery?.addEventListener('appended', () => {
  links = [...gallery.querySelectorAll('li a')]
  if (dialog) addItems()
})

if ('showModal' in HTMLDialogElement.prototype) {
  document.addEventListener('click', e => {
    const n = links.findIndex(link => link.href === e.target.closest('.photos a, .hero .shade a')?.href)
    if (n < 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return
    e.preventDefault()
    open(n)
  })
  addEventListener('popstate', () => {
    const n = findPhotoInUrl()
    if (n >= 0) return isShown ? go(n) : show(n)
    hide()
    setTimeout(() => { history.scrollRestoration = 'auto' }) // after the browser would have scrolled
  })
  if (findPhotoInUrl() >= 0) show(findPhotoInUrl())
}
