"""One picture of a post, from the hosts that its platform serves pictures from and from nowhere else.

Where they are is a list of the program's own (`PlatformFacts.image_hosts`): a post can name any address, and none but
these is asked. No redirect is followed, no cookie is kept, no credentials go along.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from collectors.base import Http
from collectors.http.egress import Egress, inside
from collectors.platforms import FACTS
from core.errors import CollectorError, PlatformRefused, PlatformUnavailable
from core.models import Platform

MOST_BYTES = 8_000_000
TIMEOUT = (4.0, 8.0)  # seconds to connect, and between two parts of an answer
LONGEST = 15.0  # seconds for all of it
READ = ("image/jpeg", "image/png", "image/webp", "image/gif")  # SVG and HTML can hold a script


def allowed(
    addresses: Iterable[str], platform: Platform, issuer: str, more_hosts: Collection[str] = ()
) -> list[str]:
    """Of these addresses those of the platform's hosts by HTTPS, and of `more_hosts`, which config.toml names."""
    facts = FACTS[platform]
    hosts = (*facts.image_hosts, *((issuer,) if facts.images_at_issuer else ()))
    chosen: list[str] = []
    for address in addresses:
        try:
            parts = urlsplit(address)
            host, place = (parts.hostname or "").lower(), parts.netloc.lower()
        except ValueError:
            continue
        there = any(
            host.endswith(known) if known.startswith(".") else host in (known, f"files.{known}")
            for known in hosts
        )
        public = parts.scheme == "https" and "@" not in place and not inside(address)
        if place in more_hosts or host in more_hosts or (there and public):
            chosen.append(address)
    return chosen


def fetch(address: str, *, user_agent: str, egress: Egress | None = None) -> bytes:
    """The bytes of a picture at an address that `allowed` let through. They are a stranger's: read them with care.

    Raises PlatformRefused where the answer is another host, no picture or gone; PlatformUnavailable for what is too big
    or may work later. A message names the host at most.
    """
    http = Http(
        timeout=TIMEOUT, attempts=1, longest_wait=0, user_agent=user_agent, most_bytes=MOST_BYTES,
        longest_body=LONGEST, egress=egress,
    )  # fmt: skip
    try:
        answer = http.session.get(address, allow_redirects=False)
    except CollectorError:
        raise
    except (OSError, ValueError) as error:  # requests' own are OSErrors
        raise PlatformUnavailable(f"it can't be asked ({type(error).__name__})") from None
    finally:
        http.session.close()
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if answer.status_code != 200:
        raise PlatformRefused(f"the platform answered {answer.status_code}")
    if kind not in READ:
        raise PlatformRefused("what came is no picture that is read")
    return answer.content
