"""Which part of a photo is shown: crops that cut no head, and sets of headshots on one eye line."""
