"""Bytes as they might really arrive: a sound file with parts cut, doubled, swapped or overwritten."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

PIECES = (
    b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"<", b"<![CDATA[", b"]]>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&#0;", b"&#x110000;",
    b"&a;", b'"', b"'''", b"\r\n\r\n", b"\r", b"[" * 2000, b'{"a":' * 300, b"1e999", b"9" * 400, b"NaN", b"null", b"2026-13-45T99:99:99Z",
    b"\xed\xa0\x80", "\u202e".encode(), b"=?utf-8?B?////?=", b"Content-Type: multipart/mixed; boundary=\r\n", b"\x1b[2J", b"--", b"%s%n",
    b"https://[", b"://", b"PK\x05\x06" + b"\xff" * 18, b"charset=utf-7", b"encoding='ebcdic'",
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, sound: Sequence[bytes]) -> bytes:
    """One of the files with one to four places changed."""
    content = draw(st.sampled_from(sound))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        match draw(st.sampled_from(("put", "cut", "end", "double", "other"))):
            case "put":
                piece = draw(st.sampled_from(PIECES) | st.binary(max_size=8))
                content = content[:start] + piece + content[end:]
            case "cut":
                content = content[:start] + content[end:]
            case "end":
                content = content[:start]
            case "double":
                content = (
                    content[:end] + content[start:end] * draw(st.integers(1, 50)) + content[end:]
                )
            case _:
                content = (
                    content[:start]
                    + bytes(255 - byte for byte in content[start:end])
                    + content[end:]
                )
    return content
