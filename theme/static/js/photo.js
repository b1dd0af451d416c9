// The page of a photo: the arrow keys go to the previous and the next one.
const [left, right] = document.dir === 'rtl' ? ['next', 'prev'] : ['prev', 'next']

addEventListener('keydown', e => {
  if (e.altKey || e.ctrlKey || e.metaKey || e.shiftKey || e.target.isContentEditable || e.target.matches('input, textarea, select')) return
  const rel = { ArrowLeft: left, ArrowRight: right }[e.key]
  if (rel) document.querySelector(`.turn [rel=${rel}]`)?.click()
})
