"""What a mail server's refusals mean: may it work later, or does a person have to see to it?

A refusal carries a code of RFC 3501 or RFC 5530 in brackets; Microsoft's and Google's servers often say
it in words alone. Neither their words nor ours ever hold the password or the token.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imap_tools.errors import ImapToolsError

from collectors.wire import Passing
from errors import PlatformRefused

# All that imap-tools and imaplib raise for a connection that is not as it should be.
BROKEN = (OSError, imaplib.IMAP4.error, ImapToolsError, ValueError)
_CODE = re.compile(r"\[([A-Z][A-Z-]{2,30})")
_LATER = frozenset(("UNAVAILABLE", "LIMIT", "INUSE", "SERVERBUG", "OVERQUOTA", "THROTTLED"))
_PERSON = {
    "PRIVACYREQUIRED": "wants an encrypted connection: see `security`",
    "EXPIRED": "says that the password has expired: set a new one",
    "AUTHORIZATIONFAILED": "knows the account and does not let it in: ask who runs the mailbox",
    "NOPERM": "does not let this account read the folder: ask who runs the mailbox",
    "CONTACTADMIN": "wants its administrator to be asked",
}
_LATER_IN_WORDS = re.compile(
    r"unavailable|try again|temporar|too many|throttled|timed? ?out|\bbusy\b", re.IGNORECASE
)
_NOT_CONNECTED = (
    "authenticated but not connected"  # Exchange: the token is good, and not for this mailbox
)
_BACK_OFF = re.compile(r"backoff time: ?(\d{1,9}) ?milliseconds", re.IGNORECASE)  # Exchange


def may_pass(told: str) -> bool:
    """Whether a refusal says that another time may do."""
    code = _CODE.search(told)
    if code and code[1] != "ALERT":  # which only says that a person should read the words
        return code[1] in _LATER
    return bool(_LATER_IN_WORDS.search(told))


@contextmanager
def translated(where: str, refusal: str) -> Iterator[None]:
    """A library's errors as ours: Passing, or PlatformRefused with `refusal` or what its code means.

    None is chained: what a server says may repeat what it was sent.
    """
    try:
        yield
    except ssl.SSLCertVerificationError:
        raise PlatformRefused(
            f"{where}: its certificate isn't trusted: see host and `ca_file` in [collectors.inbox]"
        ) from None
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        raise Passing(f"{where} broke off") from None
    except ssl.SSLError as error:
        if "_VERSION" in (error.reason or "") or "HTTP" in (error.reason or ""):
            raise PlatformRefused(f"{where} speaks no TLS there: see port and `security`") from None
        raise Passing(f"{where} broke off ({type(error).__name__})") from None
    except TimeoutError:
        raise Passing(f"{where} did not answer in time") from None
    except OSError as error:
        raise Passing(f"{where} can't be reached ({type(error).__name__})") from None
    except imaplib.IMAP4.abort:
        raise Passing(f"{where} broke off, or sent what no mail server says") from None
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        raise _judged(str(error), where, refusal) from None
    except ValueError:
        raise Passing(f"{where} sent what can't be read") from None


def _judged(told: str, where: str, refusal: str) -> Passing | PlatformRefused:
    wait = _BACK_OFF.search(told)
    if wait or may_pass(told) or "* BYE" in told:  # in place of a greeting
        asks = int(wait[1]) / 1000 if wait else None
        return Passing(f"{where} has no time for us now: it will be tried again", retry_after=asks)
    if _NOT_CONNECTED in told:
        return PlatformRefused(
            f"{where} took the sign-in and gives no mailbox: see `user`, and whether the app may read it"
        )
    code = _CODE.search(told)
    return PlatformRefused(f"{where} {_PERSON.get(code[1], refusal) if code else refusal}")
