"""How well photographs are told apart, cropped and compressed, and what was fitted to find out: not part of the wheel.

`README.md` beside this file says what each command does and what it needs.
"""
