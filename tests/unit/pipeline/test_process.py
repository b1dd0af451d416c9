"""Records of photos from a cache: values that no picture has are refused."""

from __future__ import annotations

import msgspec

from pelican_headshots.pipeline.process import decode_valid_record


def encode_record(**changes: object) -> bytes:
    record: dict[str, object] = {
        "size": [900, 600],
        "analysis": None,
        "metadata": {},
        "rights": {},
        "colors": ["#000000"] * 3,
    }
    return msgspec.json.encode(record | changes)


def create_analysis(**changes: object) -> dict[str, object]:
    """Return an analysis with one face, in which *changes* are made."""
    eye, box = [0.5, 0.4], [0.4, 0.3, 0.6, 0.6]
    angles = {"score": 0.9, "yaw": 0, "pitch": 0, "roll": 0}
    points = {"box": box, "right_eye": eye, "left_eye": eye, "chin": eye, "crown": eye}
    return {"people_count": 1, "features": {}, "faces": [angles | points | changes]}


def create_object(**changes: object) -> dict[str, object]:
    """Return an object that was seen, in which *changes* are made."""
    return {"name": "dog", "score": 0.8, "box": [0.1, 0.2, 0.3, 0.4]} | changes


def encode_objects(*objects: dict[str, object]) -> bytes:
    return encode_record(analysis=create_analysis() | {"objects": objects})


INVALID_RECORDS = {
    "no size": encode_record(size=[0, 0]),
    "a huge size": encode_record(size=[1, 2**40]),
    "the name of a color": encode_record(colors=["red", "#000000", "#000000"]),
    "a script": encode_record(colors=['#000000"><script>alert(1)</script>', "#000000", "#000000"]),
    "a line feed": encode_record(colors=["#000000\n", "#000000", "#000000"]),
    "a share above 1": encode_record(wide_gamut_share=1.5),
    "a negative share": encode_record(highlight_loss=-1),
    "an infinite size": encode_record().replace(b"[900,600]", b"[900,1e999]"),
    "a face without width": encode_record(analysis=create_analysis(box=[0.4, 0.3, 0.4, 0.6])),
    "a face far away": encode_record(analysis=create_analysis(box=[0.4, 0.3, 1e300, 0.6])),
    "an impossible angle": encode_record(analysis=create_analysis(yaw=1e9)),
    "an impossible measurement": encode_record(analysis=create_analysis() | {"features": {"smile": 1e300}}),
    "a negative number of people": encode_record(analysis=create_analysis() | {"people_count": -1}),
    "an object without width": encode_objects(create_object(box=[0.2, 0.2, 0.2, 0.4])),
    "an object with an impossible score": encode_objects(create_object(score=2)),
    "an object whose name is a script": encode_objects(create_object(name="<script>")),
    "a URL that is a script": encode_record(rights={"web_statement": "javascript:alert(1)"}),
    "an unknown value for data mining": encode_record(rights={"data_mining": "yes"}),
    "a very long credit line": encode_record(rights={"credit": "x" * 10_000}),
    "a terminal escape": encode_record(metadata={"title": "a\x1b[2Jb"}),
    "text with reversed direction": encode_record(metadata={"keywords": ["a", "\u202eb"]}),
    "no JSON": b"{",
}


def test_a_record_with_impossible_values_is_refused() -> None:
    assert decode_valid_record(encode_record())
    assert decode_valid_record(encode_record(analysis=create_analysis()))
    assert decode_valid_record(encode_objects(create_object()))
    assert [name for name, record in INVALID_RECORDS.items() if decode_valid_record(record)] == []
