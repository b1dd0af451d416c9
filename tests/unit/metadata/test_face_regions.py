"""Named face regions are read from the formats of several programs and fit the upright photo."""

from __future__ import annotations

import pytest

from pelican_headshots.values.geometry import Box, Size
from pelican_headshots.values.photo import FaceRegion
from tests.support.metadata import FIXTURES, make_jpeg, read_metadata, xmp_segment


@pytest.mark.parametrize(
    ("file", "size"),
    [
        ("faces/lightroom.jpg", Size(32, 24)),
        ("faces/lightroom-turned.jpg", Size(24, 32)),
        ("faces/digikam.jpg", Size(32, 24)),
    ],
)
def test_the_same_face_regions_are_read_whichever_program_wrote_them(file: str, size: Size) -> None:
    found, _ = read_metadata((FIXTURES / file).read_bytes(), size=size)
    assert found.person_names == ("Max Muster", "Zoë Muster")
    assert found.face_regions == (
        FaceRegion("Max Muster", Box(0.1, 0.25, 0.4, 0.65)),
        FaceRegion("Zoë Muster", Box(0.55, 0.2, 0.85, 0.6)),
    )


def test_face_regions_drawn_before_the_photo_was_cropped_are_dropped_and_the_names_kept() -> None:
    found, _ = read_metadata((FIXTURES / "faces/lightroom.jpg").read_bytes(), size=Size(24, 24))
    assert found.person_names == ("Max Muster", "Zoë Muster")
    assert found.face_regions == ()


def test_face_regions_that_are_already_upright_are_not_turned_again() -> None:
    area = '<mwg-rs:Area stArea:x="0.5" stArea:y="0.25" stArea:w="0.2" stArea:h="0.1" stArea:unit="normalized"/>'
    body = (
        '<tiff:Orientation xmlns:tiff="http://ns.adobe.com/tiff/1.0/">6</tiff:Orientation>'
        '<mwg-rs:Regions xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"'
        ' xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"'
        ' rdf:parseType="Resource"><mwg-rs:AppliedToDimensions stDim:w="40" stDim:h="60" stDim:unit="pixel"/>'
        '<mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description mwg-rs:Name="Zoë">'
        f"{area}</rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>"
    )
    assert read_metadata(make_jpeg(xmp_segment(body)), size=Size(40, 60))[0].face_regions == (
        FaceRegion("Zoë", Box(0.4, 0.2, 0.6, 0.3)),
    )


@pytest.mark.parametrize("numbers", ["0.1,0.2,0.3", "a,b,c,d", "nan,0,1,1", "0.2,0.2,0,0", "2,2,1,1"])
def test_an_invalid_face_region_is_dropped_and_its_name_kept(numbers: str) -> None:
    body = (
        '<MP:RegionInfo xmlns:MP="http://ns.microsoft.com/photo/1.2/" xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"'
        ' xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#" rdf:parseType="Resource"><MPRI:Regions><rdf:Bag>'
        f'<rdf:li MPReg:PersonDisplayName="Zoë" MPReg:Rectangle="{numbers}"/></rdf:Bag></MPRI:Regions></MP:RegionInfo>'
    )
    found, _ = read_metadata(make_jpeg(xmp_segment(body)), size=Size(60, 40))
    assert found.person_names == ("Zoë",)
    assert found.face_regions == ()
