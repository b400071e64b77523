"""The request around a message: content types, charset, gzip; refused before anything is read as HL7."""

import gzip
import zlib

import pytest

from shared.errors import Refused
from shared.messages.hl7 import MAX_BYTES
from shared.messages.transport import MEDIA_TYPES, content_type, message_bytes
from tests.messages.make import a_message

BODY = a_message().encode()


@pytest.mark.parametrize("media", MEDIA_TYPES)
@pytest.mark.parametrize(
    ("parameters", "charset"),
    [
        ("", None), (";charset=utf-8", "utf-8"), ("; charset=UTF-8", "UTF-8"), ('; Charset="utf-8"', "utf-8"),
        ("; x=1; charset=ISO-8859-1 ", "ISO-8859-1"), ("; charset=", None), ("; charset", None), (";", None),
    ],
)  # fmt: skip
def test_the_three_names_of_the_type_are_taken_with_any_parameters(
    media: str, parameters: str, charset: str | None
) -> None:
    assert content_type(media.upper() + parameters) == (media, charset)


@pytest.mark.parametrize(
    "value",
    [
        "", "text/plain", "application/json", "application/hl7-v2+xml", "x-application/hl7-v2+xml", "application/hl7-v3+xml",
        "application/hl7-v22", "x-application/hl7-v2", "multipart/form-data; x=application/hl7-v2", "application/edi-hl7",
    ],
)  # fmt: skip
def test_any_other_type_is_refused(value: str) -> None:
    with pytest.raises(Refused, match=r"hl7\.media_type") as refused:
        content_type(value)
    assert refused.value.problem.status == 415


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", " x-gzip "])
def test_gzip_is_undone(encoding: str) -> None:
    assert message_bytes(gzip.compress(BODY), encoding) == BODY


@pytest.mark.parametrize("encoding", ["", "identity"])
def test_without_compression_the_body_is_the_message(encoding: str) -> None:
    assert message_bytes(BODY, encoding) is BODY


@pytest.mark.parametrize("encoding", ["deflate", "br", "zstd", "compress", "gzip, gzip", "gzip;q=1", "*"])
def test_another_coding_is_refused_as_a_type_is(encoding: str) -> None:
    with pytest.raises(Refused, match=r"hl7\.encoding") as refused:
        message_bytes(gzip.compress(BODY), encoding)
    assert refused.value.problem.status == 415


@pytest.mark.parametrize(
    "body",
    [
        b"", BODY, zlib.compress(BODY), gzip.compress(BODY)[:-1], gzip.compress(BODY)[:-5], gzip.compress(BODY) + b"x",
        gzip.compress(BODY) + gzip.compress(BODY), gzip.compress(b"") * 9000,
        gzip.compress(BODY)[:-8] + b"\0" * 8,  # another checksum and length
    ],
    ids=["nothing", "plain", "zlib", "cut", "cut early", "tail", "two members", "many members", "checksum"],
)  # fmt: skip
def test_what_is_not_one_whole_gzip_member_is_refused(body: bytes) -> None:
    with pytest.raises(Refused, match=r"hl7\.gzip_invalid") as refused:
        message_bytes(body, "gzip")
    assert refused.value.problem.status == 400


def test_the_limit_holds_before_and_after_unpacking() -> None:
    most = b"x" * MAX_BYTES
    assert message_bytes(gzip.compress(most), "gzip") == most == message_bytes(most, "")
    for body, encoding in ((gzip.compress(most + b"x"), "gzip"), (most + b"x", ""), (most + b"x", "gzip")):
        with pytest.raises(Refused, match=r"hl7\.too_large"):
            message_bytes(body, encoding)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """200 MB in 200 KB: the unpacker is asked for one byte more than the limit, and never again."""
    bomb = gzip.compress(b"\0" * 200_000_000, compresslevel=9)
    assert len(bomb) < MAX_BYTES
    asked: list[int] = []
    real = zlib.decompressobj

    class Watched:
        def __init__(self, window: int) -> None:
            self._reader = real(window)

        def decompress(self, data: bytes, most: int) -> bytes:
            asked.append(most)
            return self._reader.decompress(data, most)

    monkeypatch.setattr("shared.messages.transport.zlib.decompressobj", Watched)
    with pytest.raises(Refused, match=r"hl7\.too_large"):
        message_bytes(bomb, "gzip")
    assert asked == [MAX_BYTES + 1]
