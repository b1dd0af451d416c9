"""Sidecars in the shape that darktable 4.2.1 and digiKam 7.9.0 were seen to write are read as these programs show them."""

from __future__ import annotations

from pelican_headshots.metadata.decisions import read_decisions
from pelican_headshots.metadata.parsed import parse_blocks
from pelican_headshots.metadata.reader import read
from pelican_headshots.values.selection import Selection, choose
from tests.support.metadata import make_jpeg, read_blocks

DARKTABLE = """<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:exif="http://ns.adobe.com/exif/1.0/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
    xmlns:darktable="http://darktable.sf.net/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
   exif:DateTimeOriginal="2026:01:02 03:04:05.000"
   xmp:Rating="{rating}"
   xmpMM:DerivedFrom="lamp.jpg"
   darktable:change_timestamp="-1"
   darktable:xmp_version="5"
   darktable:history_end="1">
   <darktable:colorlabels>
    <rdf:Seq>
     <rdf:li>1</rdf:li>
     <rdf:li>2</rdf:li>
    </rdf:Seq>
   </darktable:colorlabels>
   <darktable:masks_history>
    <rdf:Seq/>
   </darktable:masks_history>
   <darktable:history>
    <rdf:Seq>
     <rdf:li
      darktable:num="0"
      darktable:operation="exposure"
      darktable:enabled="1"
      darktable:params="00"/>
    </rdf:Seq>
   </darktable:history>
   <dc:title>
    <rdf:Alt>
     <rdf:li xml:lang="x-default">A lamp</rdf:li>
    </rdf:Alt>
   </dc:title>
   <dc:subject>
    <rdf:Bag>
     <rdf:li>lamps</rdf:li>
     <rdf:li>portfolio</rdf:li>
     <rdf:li>work</rdf:li>
    </rdf:Bag>
   </dc:subject>
   <lr:hierarchicalSubject>
    <rdf:Bag>
     <rdf:li>portfolio</rdf:li>
     <rdf:li>work|lamps</rdf:li>
    </rdf:Bag>
   </lr:hierarchicalSubject>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"""

DIGIKAM = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:acdsee="http://ns.acdsee.com/iptc/1.0/"
    xmlns:MicrosoftPhoto="http://ns.microsoft.com/photo/1.0/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:digiKam="http://www.digikam.org/ns/1.0/"
    xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
    xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
   acdsee:rating="4"
   acdsee:categories="&lt;Categories&gt;&lt;Category Assigned=&quot;1&quot;&gt;lamps&lt;/Category&gt;&lt;/Categories&gt;"
   MicrosoftPhoto:Rating="75"
   xmp:Rating="4"
   xmp:ModifyDate="2026-01-02T03:04:05"
   digiKam:ColorLabel="2"
   digiKam:PickLabel="{pick}"
   photoshop:Urgency="2">
   <digiKam:TagsList>
    <rdf:Seq>
     <rdf:li>portfolio</rdf:li>
     <rdf:li>work/lamps</rdf:li>
    </rdf:Seq>
   </digiKam:TagsList>
   <lr:hierarchicalSubject>
    <rdf:Bag>
     <rdf:li>portfolio</rdf:li>
     <rdf:li>work|lamps</rdf:li>
    </rdf:Bag>
   </lr:hierarchicalSubject>
   <dc:subject>
    <rdf:Bag>
     <rdf:li>portfolio</rdf:li>
     <rdf:li>lamps</rdf:li>
    </rdf:Bag>
   </dc:subject>
   <dc:title>
    <rdf:Alt>
     <rdf:li xml:lang="x-default">A lamp</rdf:li>
    </rdf:Alt>
   </dc:title>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""

PLAIN_PHOTO = parse_blocks(read_blocks(make_jpeg()))


def is_shown(sidecar: str, selection: Selection) -> bool:
    return choose(read_decisions(PLAIN_PHOTO, sidecar.encode()), selection).is_shown


def test_a_sidecar_of_darktable_decides() -> None:
    found = read_decisions(PLAIN_PHOTO, DARKTABLE.format(rating=4).encode())
    assert (found.rating, found.labels, found.is_sidecar_readable) == (4, ("Yellow", "Green"), True)
    for selection in (
        Selection(min_rating=4, keywords=("work",)),
        Selection(labels=("green",), keywords=("work/lamps",)),
    ):
        assert is_shown(DARKTABLE.format(rating=4), selection)
        assert not is_shown(DARKTABLE.format(rating=-1), selection)
    assert not is_shown(DARKTABLE.format(rating=4), Selection(exclude=("lamps",)))


def test_a_sidecar_of_digikam_decides_and_its_rejection_counts_more_than_its_stars() -> None:
    found = read_decisions(PLAIN_PHOTO, DIGIKAM.format(pick=3).encode())
    assert (found.rating, found.labels, found.is_sidecar_readable) == (4, ("Orange",), True)
    # The parent of a nested tag is only in the paths, not in dc:subject.
    for selection in (Selection(min_rating=4, keywords=("work",)), Selection(labels=("orange",))):
        assert is_shown(DIGIKAM.format(pick=0), selection)
        assert not is_shown(DIGIKAM.format(pick=1), selection)


def test_titles_in_these_sidecars_are_read() -> None:
    for sidecar in (DARKTABLE.format(rating=1), DIGIKAM.format(pick=0)):
        metadata, _ = read(PLAIN_PHOTO, sidecar.encode())
        assert (metadata.title, metadata.sources["title"]) == ("A lamp", "sidecar")
