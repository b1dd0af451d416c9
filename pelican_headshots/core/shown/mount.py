"""Mounting one photograph: the crops its slots show, at the widths their layouts ask for, and its words."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ..cropped.cover import cover_crop, hides_a_face
from ..cropped.crops import WHOLE_PICTURE, directed, focal_point, heads, holds, pixels
from ..geometry import Box
from ..hung.ladder import choose_widths, density, jpeg_widths
from ..hung.rows import Place
from ..hung.sizes import (
    ALL_WINDOWS,
    CONTACT,
    COVER,
    FRAMED,
    SOCIAL,
    TEASER,
    TEASER_RATIO,
    Layout,
    Windows,
    card_layout,
    card_ratio,
    cover_layout,
    mounted_layout,
    prose_layout,
    row_layout,
    sizes,
    typical_row_layout,
    view_layout,
)
from ..ordered.order import Order
from ..plate import Photograph, Picture, Source
from ..rendition import Crop, Rights
from ..routed.curate import Entry
from ..said.names import title
from ..said.notes import said
from ..shot import Kind
from ..trouble import LayoutError
from . import alt
from .phrases import Phrases


class Mount:
    """One photograph on its way to the page. *site_rights* hold where it carries none of its own.

    Rights are never mixed: one's credit would meet another's licence.
    """

    def __init__(self, entry: Entry, order: Order, site_rights: Rights) -> None:
        self.entry, self.order = entry, order
        photo = entry.photo
        self.size = photo.exam.size
        self.rights = photo.exam.rights.completed(site_rights)
        analysis = photo.exam.analysis
        faces, hidden = (analysis.faces, analysis.heads) if analysis else ((), ())
        self.faces: tuple[Box, ...] = tuple(face.box for face in faces)
        self.people, self.hidden = faces, hidden
        self.bare = self.faces or hidden
        """What no words may stand on."""
        self.keep = heads(faces, hidden=hidden)
        self.focus = entry.note.focal_point

    def photograph(
        self, name: str, url: str, pictures: dict[str, Picture], phrases: Phrases | None, *, person: str = ""
    ) -> Photograph:
        """What a page shows of it; *person* is somebody's name where it is their headshot. *phrases* as in `alt.of`."""
        photo, note, words = self.entry.photo, self.entry.note, self.entry.photo.exam.words
        names = {name.casefold() for name in words.people}  # which face-recognising programs write as keywords too
        heading = said(note.title, words.title or title(photo.stem))
        return Photograph(
            id=name,
            file=photo.path,
            url=url,
            title=heading,
            caption=said(note.caption, words.caption),
            alt=alt.of(self.entry, phrases, person),
            date=said(note.date, words.date),
            place=said(note.place, words.place),
            keywords=tuple(
                word
                for word, plain in zip(words.keywords, map(str.casefold, words.keywords), strict=True)
                if not any(name in plain for name in names)
            ),
            creator=self.rights.creator,
            credit=self.rights.credit,
            copyright=self.rights.copyright,
            web_statement=self.rights.web_statement,
            licensor_url=self.rights.licensor_url,
            shot=self.entry.shot,
            colours=photo.exam.colours,
            ratio=self.size.ratio,
            pictures=pictures,
        )

    def on_wall(self, place: Place) -> dict[str, Picture]:
        """All of it, in its row and alone, from one ladder; and what other sites show when they link to it."""
        enlarged = max(1.0, self.size.ratio / place.ratio)
        row = row_layout(place.shares, place.counts, full=place.layout == "full", enlarged=enlarged)
        view = view_layout(self.size.ratio)
        hung = self.cut(WHOLE_PICTURE, row, [typical_row_layout(self.size.ratio), view])
        return {"row": hung, "view": _also(hung, view), "social": self.social()}

    def as_cover(self, cards: int, *, home: bool = False) -> dict[str, Picture]:
        """Filling a window, upright or wide; on a card among *cards*; that of the *home* page on the contact page too."""
        filling = self._filling()
        mounted = {cut.shape: 0 for cut in COVER if self._limit(filling[cut.shape]) < cut.least}
        framed = tuple(shape for shape in FRAMED if shape in mounted or not self._words_fit(filling[shape]))
        sources: list[Source] = []
        for cut in COVER:
            if cut.shape == "wide" and cut.shape in mounted:
                crop, layout = WHOLE_PICTURE, mounted_layout(self.size.ratio)
            elif cut.shape in framed:
                ratio = FRAMED[cut.shape]
                crop, layout = self.directed(ratio), cover_layout(ratio, framed=True)
            else:
                crop, layout = filling[cut.shape], cover_layout(cut.ratio)
            if cut.shape in mounted:
                mounted[cut.shape] = self._limit(crop)
            shown = self.cut(crop, layout, windows=cut.windows)
            for source in shown.sources:
                sources.append(replace(source, media=" and ".join(filter(None, (cut.media, source.media)))))
        cover = replace(shown, sources=tuple(sources), framed=framed, mounted=mounted)
        layout = card_layout(cards)
        card = self.cut(self.directed(card_ratio(cards)), layout, [layout, *([CONTACT] if home else [])])
        return {"cover": cover, "card": card, **({"beside": _also(card, CONTACT)} if home else {})}

    def _filling(self) -> dict[str, Crop]:
        """Shape of window → the frame that fills it."""
        return {cut.shape: cover_crop(self.bare, self.keep, self.size, cut.ratio, self.focus) for cut in COVER}

    def _limit(self, crop: Crop) -> int:
        """The most pixels in width that are made of *crop*."""
        return min(pixels(crop, self.size).width, self.order.manner.max_width)

    def _words_fit(self, crop: Crop) -> bool:
        """Whether a title may stand on *crop*, which fills a window, with every face in it whole."""
        whole = bool(self.focus) or holds(crop, heads(self.people, 0.0, self.hidden))
        return whole and not hides_a_face(crop, self.bare, self.size)

    @property
    def calm(self) -> bool:
        """Whether a title can stand on it as a cover in every window, and every head stays whole."""
        if self.entry.shot.kind != Kind.NO_PERSON and not self.keep:
            return False
        return all(
            not hides_a_face(crop, self.bare, self.size) and all(crop.box.holds(head) for head in self.keep)
            for crop in self._filling().values()
        )

    def in_prose(self) -> dict[str, Picture]:
        """All of it, in an article; beside the article's title in a list; and for other sites that link to it."""
        layout = prose_layout(self.size.ratio)
        return {
            "prose": self.cut(WHOLE_PICTURE, layout),
            "teaser": self.cut(self.directed(TEASER_RATIO), TEASER),
            "social": self.social(),
        }

    def social(self) -> Picture:
        """A JPEG of the size that other sites ask for."""
        width, height = SOCIAL
        crop = self.directed(width / height)
        return self.order.picture(
            self.entry.photo, crop, (width,), f"{width}px", faces=self.faces, rights=self.rights, formats=("jpeg",)
        )

    def directed(self, ratio: float) -> Crop:
        """The frame of width/height *ratio* in which no head is cut."""
        ground = self.entry.photo.exam.colours[0]
        return directed(self.people, self.size, ratio, self.focus, ground, self.hidden)

    def cut(
        self, crop: Crop, layout: Layout, typical: Sequence[Layout] = (), windows: Windows = ALL_WINDOWS
    ) -> Picture:
        """*crop*, shown as *layout* says, at the widths for *typical* places (else for *layout*) in *windows*."""
        typical = typical or (layout,)
        try:
            widths = choose_widths(typical, self._limit(crop), windows, at_least=(layout,))
            return self.order.picture(
                self.entry.photo,
                crop,
                widths,
                sizes(layout),
                focus=focal_point(crop, self.keep, self.focus),
                faces=self.faces,
                rights=self.rights,
                fallback=jpeg_widths(widths),
                dense=density(typical, windows),
            )
        except Exception as error:
            # Its widths depend on its row: only here it is known whose they are.
            raise LayoutError(self.entry.photo.path) from error


def _also(picture: Picture, layout: Layout) -> Picture:
    """The same files, shown as wide as *layout* says."""
    wide = sizes(layout)
    return replace(picture, sizes=wide, sources=tuple(replace(source, sizes=wide) for source in picture.sources))
