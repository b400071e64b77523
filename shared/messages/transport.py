"""What HL7 over HTTP says about a request's body before anyone reads it as HL7: its type, its compression.

The draft (https://hapifhir.github.io/hapi-hl7v2/hapi-hl7overhttp/specification.html) names `x-application/hl7-v2+er7`
in 2.4 and shows `application/hl7-v2+er7`, and HAPI, its reference implementation, sends `application/hl7-v2`: all
three are taken. An answer that is HL7 has the request's own type (2.4) and UTF-8.
"""

import zlib
from functools import lru_cache

from shared.errors import Refused
from shared.messages.hl7 import MAX_BYTES

MEDIA_TYPES = ("application/hl7-v2", "application/hl7-v2+er7", "x-application/hl7-v2+er7")
_GZIP_ONLY = 16 + zlib.MAX_WBITS  # tells zlib to take the gzip format (RFC 1952) and no other


@lru_cache(maxsize=64)
def content_type(value: str) -> tuple[str, str | None]:
    """The media type and the `charset` of a Content-Type. Raises `Refused("hl7.media_type")` for any other type."""
    media, *parameters = (piece.strip() for piece in value.split(";"))
    media = media.lower()
    if media not in MEDIA_TYPES:
        raise Refused("hl7.media_type")
    for parameter in parameters:
        name, _, charset = parameter.partition("=")
        if name.strip().lower() == "charset":
            return media, charset.strip().strip('"') or None
    return media, None


def message_bytes(body: bytes, encoding: str) -> bytes:
    """The body as it was before compression. `encoding` is the Content-Encoding, '' where there is none.

    Raises `Refused`: `hl7.too_large` for more than MAX_BYTES before or after, of which no more is ever unpacked;
    `hl7.encoding` for anything but gzip (RFC 9110, 8.4.1.3: `x-gzip` is the same), `hl7.gzip_invalid`.
    """
    if len(body) > MAX_BYTES:
        raise Refused("hl7.too_large")
    coding = encoding.strip().lower()
    if coding in ("", "identity"):
        return body
    if coding not in ("gzip", "x-gzip"):
        raise Refused("hl7.encoding")
    reader = zlib.decompressobj(_GZIP_ONLY)
    try:
        message = reader.decompress(body, MAX_BYTES + 1)
    except zlib.error:
        raise Refused("hl7.gzip_invalid") from None
    if len(message) > MAX_BYTES:
        raise Refused("hl7.too_large")
    # One member and nothing behind it: unpacking many empty ones would cost time and give nothing.
    if not reader.eof or reader.unused_data:
        raise Refused("hl7.gzip_invalid")
    return message
