"""Photos and sidecars with the metadata that photo programs write, written by exiftool or by exiv2.

A property is named as in XMP (`xmp:Rating`); `iptc:Keywords` is the IPTC data set. A list becomes a bag, or a sequence.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import exiv2

from tests.support.metadata import make_jpeg

Properties = Mapping[str, str | Sequence[str]]

EXIFTOOL = shutil.which("exiftool")
_EXIFTOOL_GROUPS = {
    "photomechanic:": "XMP-photomech:",
    "MicrosoftPhoto:LastKeywordXMP": "XMP-microsoft:LastKeywordXMP",
    "MicrosoftPhoto:Rating": "XMP-microsoft:RatingPercent",
    "iptc:": "IPTC:",
}
_EXIFTOOL_CONFIG = """
%Image::ExifTool::UserDefined = (
    'Image::ExifTool::XMP::Main' => {
        darktable => { SubDirectory => { TagTable => 'Image::ExifTool::UserDefined::darktable' } },
    },
    'Image::ExifTool::XMP::xmpDM' => { pick => { } },
);
%Image::ExifTool::UserDefined::darktable = (
    GROUPS => { 0 => 'XMP', 1 => 'XMP-darktable', 2 => 'Image' },
    NAMESPACE => { 'darktable' => 'http://darktable.sf.net/' },
    WRITABLE => 'string',
    colorlabels => { List => 'Seq' },
    xmp_version => { },
);
1;
"""
"""Properties that exiftool does not know."""
_EXIV2_NAMESPACES = {
    "darktable": "http://darktable.sf.net/",
    "photomechanic": "http://ns.camerabits.com/photomechanic/1.0/",
}
_SEQUENCES = ("darktable:colorlabels", "digiKam:TagsList")


@dataclass(frozen=True)
class WrittenPhoto:
    """A photo, its metadata, and that of its sidecar, whose name is `photo.xmp` or `photo.jpg.xmp`."""

    name: str
    embedded: Properties | None = None
    sidecar: Properties | None = None
    full_sidecar_name: bool = False
    """Whether the sidecar's name contains the extension of the photo."""

    def list_files(self, folder: Path) -> list[tuple[Path, Properties]]:
        """Return the files that must be written into *folder*, with their properties."""
        photo = folder / self.name
        sidecar = photo.with_name(f"{photo.name if self.full_sidecar_name else photo.stem}.xmp")
        return [(path, each) for path, each in ((photo, self.embedded), (sidecar, self.sidecar)) if each is not None]


def write_photos(folder: Path, photos: Iterable[WrittenPhoto]) -> list[tuple[Path, Properties]]:
    """Write the pictures of *photos* into *folder*, and return which properties their files must have."""
    folder.mkdir(parents=True)
    files = []
    for number, photo in enumerate(photos):
        # A comment makes each a file of its own.
        (folder / photo.name).write_bytes(make_jpeg((0xFE, f"{folder.name} {number}".encode())))
        files += photo.list_files(folder)
    return files


def write_with_exiftool(files: Iterable[tuple[Path, Properties]], work_folder: Path) -> None:
    """Write the properties of all *files* with one exiftool."""
    assert EXIFTOOL
    config, arguments = work_folder / "exiftool.config", work_folder / "exiftool.args"
    config.write_text(_EXIFTOOL_CONFIG, encoding="utf-8")
    lines = []
    for path, properties in files:
        lines += ["-q", "-n", "-overwrite_original"]
        for name, value in properties.items():
            tag = f"XMP-{name}"
            for prefix, group in _EXIFTOOL_GROUPS.items():
                tag = name.replace(prefix, group) if name.startswith(prefix) else tag
            lines += [f"-{tag}={one}" for one in ([value] if isinstance(value, str) else value)]
        lines += [str(path), "-execute"]
    arguments.write_text("\n".join(lines), encoding="utf-8")
    completed = subprocess.run(
        [EXIFTOOL, "-config", str(config), "-@", str(arguments)], capture_output=True, text=True, check=False
    )
    assert (completed.returncode, completed.stderr) == (0, "")


def write_with_exiv2(files: Iterable[tuple[Path, Properties]]) -> None:
    """Write the properties of all *files* with exiv2."""
    for prefix, namespace in _EXIV2_NAMESPACES.items():
        exiv2.XmpProperties.registerNs(namespace, prefix)
    for path, properties in files:
        if path.suffix == ".xmp":
            image = exiv2.ImageFactory.create(exiv2.ImageType.xmp, str(path))
        else:
            image = exiv2.ImageFactory.open(str(path))
            image.readMetadata()
        for name, value in properties.items():
            if name.startswith("iptc:"):
                for one in value:
                    key = exiv2.IptcKey(f"Iptc.Application2.{name.removeprefix('iptc:')}")
                    image.iptcData().add(key, exiv2.StringValue(one))
            elif not isinstance(value, str):
                array = exiv2.XmpArrayValue(exiv2.TypeId.xmpSeq if name in _SEQUENCES else exiv2.TypeId.xmpBag)
                for one in value:
                    array.read(one)
                image.xmpData().add(exiv2.XmpKey(f"Xmp.{name.replace(':', '.')}"), array)
            else:
                image.xmpData()[f"Xmp.{name.replace(':', '.')}"] = value
        image.writeMetadata()
