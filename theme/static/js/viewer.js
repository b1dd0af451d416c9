// The viewer: a native dialog over the gallery. Without JavaScript, each picture links to its own page, which shows the same.
const gallery = document.querySelector('.photos'), labels = gallery?.dataset
const links = gallery ? [...gallery.querySelectorAll('li a')] : []
const still = matchMedia('(prefers-reduced-motion: reduce)')
const forward = document.dir === 'rtl' ? -1 : 1
let dialog, list, words, zoomer, current = 0, drag

const image = n => list.children[n].querySelector('img')
const clamp = n => Math.max(0, Math.min(links.length - 1, n))

function build() {
  dialog = document.createElement('dialog')
  dialog.className = 'viewer'
  dialog.ariaLabel = labels.title
  dialog.innerHTML = `<ol tabindex="0"></ol><footer><p role="status"></p><button data-do="zoom" aria-pressed="false">+</button><button data-do="-1">←</button><button data-do="1">→</button><button data-do="close">×</button></footer>`
  list = dialog.firstChild
  list.ariaLabel = labels.help
  words = dialog.querySelector('p')
  const [zoom, back, on, shut] = dialog.querySelectorAll('button')
  zoom.ariaLabel = labels.zoom; back.ariaLabel = labels.previous; on.ariaLabel = labels.next; shut.ariaLabel = labels.close
  zoomer = zoom
  for (const link of links) {
    const place = link.parentNode, item = document.createElement('li'), picture = link.firstElementChild.cloneNode(true)
    item.style.cssText = place.style.cssText
    if (place.dataset.s) item.dataset.s = place.dataset.s
    item.style.setProperty('--px', widest(picture))
    const img = picture.querySelector('img'), ratio = img.width / img.height || img.getAttribute('width') / img.getAttribute('height')
    for (const s of picture.querySelectorAll('[sizes]')) {
      s.sizes = `(min-resolution:2.1dppx) min(67vw,(100vh - 4.5rem)*${ratio * .67}),min(100vw,(100vh - 4.5rem)*${ratio})`
    }
    img.loading = 'lazy'
    img.removeAttribute('fetchpriority')
    item.append(picture)
    list.append(item)
  }
  document.body.append(dialog)
  const seen = new IntersectionObserver(entries => {
    for (const e of entries) if (e.isIntersecting && dialog.open) arrived([...list.children].indexOf(e.target))
  }, { root: list, threshold: .6 })
  for (const item of list.children) seen.observe(item)
  dialog.addEventListener('click', e => {
    const what = e.target.dataset.do
    if (what === 'zoom') zoom100()
    else if (what === 'close' || e.target.tagName === 'LI' && !drag) close()
    else if (what) go(current + +what)
    else if (e.target.tagName === 'IMG' && !drag) zoom100(e)
  })
  dialog.addEventListener('keydown', e => {
    if (e.altKey || e.ctrlKey || e.metaKey || zoomed() && e.key.startsWith('Arrow')) return // Alt and ← goes back in the browser
    const to = { ArrowRight: current + forward, ArrowLeft: current - forward, Home: 0, End: links.length - 1 }[e.key]
    if (to != null) { e.preventDefault(); go(to) }
    if (e.key === 'z') zoom100()
  })
  dialog.addEventListener('cancel', e => { e.preventDefault(); zoomed() ? zoom100() : close() })
  list.addEventListener('pointerdown', e => { drag = null; if (zoomed() && e.pointerType === 'mouse') drag = { x: e.clientX, y: e.clientY, moved: 0 }; if (drag) e.preventDefault() })
  list.addEventListener('pointermove', e => {
    if (!drag || !e.buttons) return
    const item = zoomed(); item.scrollLeft -= e.clientX - drag.x; item.scrollTop -= e.clientY - drag.y
    drag = { x: e.clientX, y: e.clientY, moved: drag.moved + 1 }
  })
  list.addEventListener('pointerup', () => { if (drag && drag.moved < 4) drag = null })
}

function arrived(n) {
  if (n !== current && zoomed()) zoom100()
  current = n
  const caption = links[n].parentNode.querySelector('p')
  words.textContent = `${n + 1} / ${links.length}   ${caption ? caption.textContent : ''}`
  history.replaceState(history.state, '', '#' + links[n].id)
  for (const m of [n - 1, n, n + 1]) if (list.children[m]) image(m).loading = 'eager'
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
  zoomer.ariaPressed = on
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

function open(n) {
  if (!dialog) build()
  current = n
  image(n).loading = 'eager'
  morph(thumbnail(), () => {
    dialog.showModal()
    list.children[n].scrollIntoView({ inline: 'center', block: 'nearest', behavior: 'instant' })
    arrived(n)
    list.focus({ preventScroll: true })
  }, () => image(n))
}

function close() {
  if (zoomed()) zoom100()
  links[current].scrollIntoView({ block: 'nearest', behavior: 'instant' })
  morph(image(current), () => {
    dialog.close()
    links[current].focus({ preventScroll: true })
    history.replaceState(history.state, '', location.pathname + location.search)
  }, thumbnail)
}

if ('showModal' in HTMLDialogElement.prototype) {
  document.addEventListener('click', e => {
    const n = links.findIndex(link => link.href === e.target.closest('.photos a, .hero .shade a')?.href)
    if (n < 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return
    e.preventDefault()
    open(n)
  })
  const asked = links.findIndex(link => '#' + link.id === location.hash)
  if (asked >= 0) open(asked)
}
