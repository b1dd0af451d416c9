"""Where each photograph goes: to which gallery, to whose page."""
