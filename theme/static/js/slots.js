// With HEADSHOTS["show_slots"]: over each picture the name of its slot, the size at which it is shown, and the file chosen.
const labels = new Map()

function label(picture) {
  const img = picture.querySelector('img'), box = img.getBoundingClientRect(), words = labels.get(picture)
  const shown = box.width > 1 && img.checkVisibility({ visibilityProperty: true })
  words.hidden = !shown
  if (!shown) return
  const file = new Image()
  file.onload = () => {
    const fit = getComputedStyle(img).objectFit, scales = [box.width / file.naturalWidth, box.height / file.naturalHeight]
    const sharpness = 1 / Math[fit === 'cover' ? 'max' : 'min'](...scales)
    words.textContent = `${picture.dataset.slot}  ${Math.round(box.width)} × ${Math.round(box.height)}\n` +
      `file ${file.naturalWidth} × ${file.naturalHeight} (${sharpness.toFixed(2)}×)`
    words.style.background = sharpness < .95 ? '#a11' : '#000c'
  }
  if (img.currentSrc) file.src = img.currentSrc
  words.style.top = `${box.top + scrollY}px`
  words.style.left = `${box.left + scrollX}px`
  words.style.maxWidth = `${box.width}px`
}

const labelAll = () => [...labels.keys()].forEach(label)

for (const picture of document.querySelectorAll('picture[data-slot]')) {
  const words = document.createElement('div')
  Object.assign(words.style, { position: 'absolute', zIndex: 9, padding: '4px 6px', font: '12px/1.3 monospace', whiteSpace: 'pre-wrap', color: '#fff', pointerEvents: 'none' })
  words.ariaHidden = true
  labels.set(picture, words)
  document.body.append(words)
  picture.querySelector('img').addEventListener('load', () => label(picture))
}
new ResizeObserver(labelAll).observe(document.body)
addEventListener('resize', labelAll)
labelAll()
