// The switch between light and dark of a site with the mood "both". It is loaded in the head, so that no page flashes in the
// other light. Without JavaScript, or until the switch is used, pages are as the reader's system prefers.
{
  const root = document.documentElement, key = 'light'
  const remember = (...pair) => { try { return pair[1] ? localStorage.setItem(...pair) : localStorage.getItem(...pair) } catch { return null } }
  root.dataset.light = remember(key) ?? 'system'
  addEventListener('click', e => {
    if (!e.target.closest?.('.light')) return
    const isDark = root.dataset.light === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : root.dataset.light === 'dark'
    root.dataset.light = isDark ? 'light' : 'dark'
    remember(key, root.dataset.light)
  })
}
