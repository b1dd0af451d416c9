"""File name endings: which are photographs, which are somebody's photograph in a form a browser never sees."""

IMAGE_EXTENSIONS = frozenset(
    {
        "jpg",
        "jpeg",
        "jpe",
        "jfif",
        "png",
        "apng",
        "gif",
        "webp",
        "avif",
        "tif",
        "tiff",
        "mpo",
        "heic",
        "heif",
        "hif",
        "bmp",
    }
)
"""Opened and judged by their contents: a wrong ending does no harm."""

RAW_EXTENSIONS = frozenset(
    {
        "3fr",
        "arw",
        "cr2",
        "cr3",
        "crw",
        "dcr",
        "dng",
        "erf",
        "fff",
        "iiq",
        "kdc",
        "mef",
        "mos",
        "mrw",
        "nef",
        "nrw",
        "orf",
        "pef",
        "raf",
        "raw",
        "rw2",
        "rwl",
        "sr2",
        "srf",
        "srw",
        "x3f",
    }
)
"""Cameras' raw files. They hold no finished picture; what the photographer makes of them belongs in the folder."""

UNSUPPORTED_EXTENSIONS = frozenset(
    {
        "psd",
        "psb",
        "xcf",
        "eps",
        "ai",
        "svg",
        "svgz",
        "pdf",
        "jp2",
        "j2k",
        "jpx",
        "jxl",
        "exr",
        "hdr",
        "dds",
        "ico",
        "tga",
        "pcx",
        "sgi",
    }
)
"""Pictures, but of kinds whose readers are not let near strangers' files, or no browser shows."""
