"""How large each photograph hangs, beside which others, in what order and in what light."""
