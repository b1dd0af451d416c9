#!/bin/sh
# Writes tests/fixtures/metadata: one small picture for each program, with the words each stores and the way it does.
# Needs exiftool and Python with Pillow. Run it from the repository's root.
set -eu
out=tests/fixtures/metadata
rm -rf "$out"
mkdir -p "$out/faces"
"${PYTHON:-python3}" - "$out" <<'PY'
import sys
from PIL import Image
picture = Image.linear_gradient("L").resize((32, 24)).convert("RGB")
for name in ("lightroom.jpg", "photo-mechanic.jpg", "digikam.jpg", "capture-one.jpg", "windows.jpg", "lightroom.tif",
             "lightroom.png", "lightroom.webp", "lightroom.avif", "faces/lightroom.jpg", "faces/lightroom-turned.jpg",
             "faces/digikam.jpg", "faces/photo-mechanic.jpg"):
    picture.save(f"{sys.argv[1]}/{name}")
PY
write() { exiftool -q -overwrite_original "$@"; }
title="Zoë am Fenster" caption="Ein Porträt – spät" creator="Ann Example" copyright="© 2024 Ann Example"

# Lightroom: XMP, IPTC in UTF-8 and EXIF, all three alike; history and camera-raw settings beside them.
lightroom() {
  write -XMP-dc:Title="$title" -XMP-dc:Description="$caption" -XMP-dc:Subject=Porträt -XMP-dc:Subject=Fenster \
    -XMP-lr:HierarchicalSubject="Menschen|Zoë" -XMP-dc:Creator="$creator" -XMP-dc:Rights="$copyright" \
    -XMP-iptcCore:Location=Rheinufer -XMP-photoshop:City=Basel -XMP-photoshop:Country=Schweiz \
    -XMP-photoshop:DateCreated="2024:06:01 10:00:00" -XMP-xmp:CreateDate="2024:06:01 10:00:00.12" \
    -XMP-iptcCore:AltTextAccessibility="Eine Frau am Fenster" -XMP-iptcExt:PersonInImage="Zoë Muster" \
    -XMP-xmpRights:WebStatement=https://example.org/licence -XMP-xmpRights:UsageTerms="Ask first" \
    -XMP-photoshop:Credit="Example Agency" -XMP-xmpMM:DocumentID=xmp.did:1 "$1"
}
for ending in jpg tif png webp avif; do lightroom "$out/lightroom.$ending"; done
write -codedcharacterset=utf8 -IPTC:ObjectName="$title" -IPTC:Caption-Abstract="$caption" -IPTC:Keywords=Porträt \
  -IPTC:Keywords=Fenster -IPTC:By-line="$creator" -IPTC:CopyrightNotice="$copyright" \
  -EXIF:ImageDescription="$caption" -EXIF:Artist="$creator" -EXIF:Copyright="$copyright" \
  -EXIF:DateTimeOriginal="2024:06:01 10:00:00" "$out/lightroom.jpg"

# Photo Mechanic, as many desks run it: IPTC in the system's own code page, without naming it.
write -charset iptc=cp1252 -IPTC:ObjectName="$title" -IPTC:Caption-Abstract="$caption" -IPTC:Keywords=Porträt \
  -IPTC:Keywords=Fenster -IPTC:By-line="$creator" -IPTC:CopyrightNotice="$copyright" -IPTC:Credit="Example Agency" \
  -IPTC:Sub-location=Rheinufer -IPTC:City=Basel -IPTC:Country-PrimaryLocationName=Schweiz \
  -IPTC:DateCreated=2024:06:01 -IPTC:TimeCreated=10:00:00+02:00 "$out/photo-mechanic.jpg"

# digiKam: its own tag tree, face regions of persons and of a dog, the caption in the EXIF user comment too.
write -XMP-dc:Title="$title" -XMP-dc:Description="$caption" -XMP-dc:Subject=Porträt -XMP-dc:Subject=Fenster \
  -XMP-digiKam:TagsList=Menschen/Zoë -XMP-dc:Creator="$creator" -XMP-dc:Rights="$copyright" \
  -XMP-iptcCore:Location=Rheinufer -XMP-photoshop:City=Basel -XMP-photoshop:Country=Schweiz \
  -XMP-photoshop:Credit="Example Agency" -XMP-exif:DateTimeOriginal="2024:06:01 10:00:00" \
  '-XMP-mwg-rs:RegionInfo={RegionList=[{Area={X=0.5,Y=0.4,W=0.2,H=0.3,Unit=normalized},Name=Zoë Muster,Type=Face},{Area={X=0.1,Y=0.8,W=0.2,H=0.3,Unit=normalized},Name=Rex,Type=Pet}]}' \
  -EXIF:UserComment="$caption" "$out/digikam.jpg"

# Capture One: a sidecar in XMP's short form, where simple values are attributes, beside a picture that says otherwise.
exiftool -q -api compact=shorthand -XMP-dc:Title="$title" -XMP-dc:Description="$caption" -XMP-dc:Subject=Porträt \
  -XMP-dc:Subject=Fenster -XMP-dc:Creator="$creator" -XMP-dc:Rights="$copyright" -XMP-iptcCore:Location=Rheinufer \
  -XMP-photoshop:City=Basel -XMP-photoshop:Country=Schweiz -XMP-photoshop:Credit="Example Agency" \
  -XMP-photoshop:DateCreated="2024:06:01 10:00:00" "$out/capture-one.xmp"
write -XMP-dc:Title="Embedded, older" -IPTC:Caption-Abstract="Embedded, older" "$out/capture-one.jpg"

# Windows Explorer: the XP fields, in UTF-16.
write -EXIF:XPTitle="$title" -EXIF:XPComment="$caption" -EXIF:XPKeywords="Porträt;Fenster" -EXIF:XPAuthor="$creator" \
  -EXIF:Copyright="$copyright" -EXIF:DateTimeOriginal="2024:06:01 10:00:00" "$out/windows.jpg"

# Two people, Zoë at the right, and a dog. Lightroom writes regions only, in XMP's short form; as fractions of what lies in
# the file, also where a camera held upright left it lying (here the left becomes the top).
regions() {
  echo "{AppliedToDimensions={W=32,H=24,Unit=pixel},RegionList=[{Area={X=$1,Unit=normalized},Name=Max Muster,Type=Face},\
{Area={X=$2,Unit=normalized},Name=Zoë Muster,Type=Face},{Area={X=0.5,Y=0.9,W=0.1,H=0.1,Unit=normalized},Name=Rex,Type=Pet}]}"
}
upright=$(regions "0.25,Y=0.45,W=0.3,H=0.4" "0.7,Y=0.4,W=0.3,H=0.4")
exiftool -q -overwrite_original -api compact=shorthand "-XMP-mwg-rs:RegionInfo=$upright" "$out/faces/lightroom.jpg"
write -EXIF:Orientation#=6 "-XMP-mwg-rs:RegionInfo=$(regions "0.45,Y=0.75,W=0.4,H=0.3" "0.4,Y=0.3,W=0.4,H=0.3")" \
  "$out/faces/lightroom-turned.jpg"
# digiKam writes them once more in Microsoft's way, and the names as keywords.
write "-XMP-mwg-rs:RegionInfo=$upright" -XMP-dc:Subject="Zoë Muster" -XMP-digiKam:TagsList="People/Zoë Muster" \
  "-XMP-MP:RegionInfoMP={Regions=[{PersonDisplayName=Max Muster,Rectangle=0.1|, 0.25|, 0.3|, 0.4},{PersonDisplayName=Zoë Muster,Rectangle=0.55|, 0.2|, 0.3|, 0.4}]}" \
  "$out/faces/digikam.jpg"
# Photo Mechanic knows no places.
write -XMP-iptcExt:PersonInImage="Zoë Muster" "$out/faces/photo-mechanic.jpg"
