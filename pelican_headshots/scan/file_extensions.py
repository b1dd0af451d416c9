"""File name extensions of photos, RAW files and unsupported pictures."""

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
"""Files that are opened. Their format is detected from the contents, so a wrong extension does no harm."""

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
"""RAW files of cameras. They contain no finished picture: the photographer must develop and export them."""

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
"""Pictures that are not read: their decoders are not safe enough for untrusted files, or no browser shows them."""
