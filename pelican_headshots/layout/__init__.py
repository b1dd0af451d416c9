"""How large a photo is shown and beside what: rows, `sizes`, `srcset` widths, order and mood."""
