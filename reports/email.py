"""Writes and sends email: a text and an HTML form, STARTTLS and sign-in, errors as ours."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

import css_inline

from core.errors import DeliveryError
from settings.schema import Mail


def message(
    settings: Mail,
    to: Sequence[str],
    subject: str,
    text: str,
    html: str,
    *,
    at: datetime,
    message_id: str,
    references: str = "",
    important: bool = False,
) -> EmailMessage:
    """An email that no machine answers. `message_id` stays the same when it is sent again.

    `important`: marked so, by the three headers that mail programs know (RFC 2156, section 5.3.6; X-Priority is
    Outlook's and Apple's).
    """
    mail = EmailMessage()
    mail["From"] = settings.sender
    mail["To"] = ", ".join(to)
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id
    if references:
        mail["References"] = references
        mail["In-Reply-To"] = references
    if important:
        mail["Importance"] = "high"
        mail["Priority"] = "urgent"
        mail["X-Priority"] = "1"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(text)
    mail.add_alternative(
        css_inline.inline(html, load_remote_stylesheets=False, keep_at_rules=True), subtype="html"
    )
    return mail


@contextmanager
def server(settings: Mail, password: str) -> Iterator[smtplib.SMTP]:
    """A session with the mail server. Raises DeliveryError, saying what to mend."""
    where = f"mail server {settings.host}:{settings.port}"
    with translated(where):
        session = _connected(settings)
        try:
            if settings.security == "starttls":
                session.starttls(context=_trusted(settings))
            if settings.user:
                session.login(settings.user, password)
            yield session
        finally:
            # a goodbye that fails changes nothing: what was taken is taken
            with suppress(smtplib.SMTPException, OSError):
                session.quit()
            session.close()


@contextmanager
def translated(where: str) -> Iterator[None]:
    """smtplib's errors as DeliveryError: permanent (5xx) or worth another try."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise DeliveryError(
            f"{where} refused the sign-in: mend user and password in [alerts.mail]"
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise DeliveryError(
            f"{where} offers no STARTTLS or sign-in: see security in [alerts.mail]"
        ) from error
    except UnicodeError as error:
        raise DeliveryError(
            f"{where}: user, password and addresses in [alerts] and [reports] must be plain ASCII"
        ) from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        lasting = all(code >= 500 for code in codes)
        raise DeliveryError(
            f"{where} refused every recipient ({codes[0]}): see `to`", permanent=lasting
        ) from error
    except smtplib.SMTPResponseException as error:
        # before a mail is named, a refusal is about us: whoever mends that wants the mail to leave
        about_us = isinstance(
            error, smtplib.SMTPConnectError | smtplib.SMTPHeloError | smtplib.SMTPSenderRefused
        )
        lasting = 500 <= error.smtp_code < 600 and not about_us
        raise DeliveryError(f"{where} answered {error.smtp_code}", permanent=lasting) from error
    except ssl.SSLError as error:
        raise DeliveryError(
            f"{where}: its certificate isn't trusted: see ca_file in [alerts.mail]"
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(
            f"{where} can't be reached ({type(error).__name__}): it will be tried again"
        ) from error


def _connected(settings: Mail) -> smtplib.SMTP:
    if settings.security == "tls":
        return smtplib.SMTP_SSL(
            settings.host,
            settings.port,
            timeout=settings.timeout_seconds,
            context=_trusted(settings),
        )
    return smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_seconds)


def _trusted(settings: Mail) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ca_file or None)
    except OSError as error:  # not there, not ours to read, or no PEM
        raise DeliveryError(
            f"ca_file in [alerts.mail] can't be used ({type(error).__name__}): name a PEM file"
        ) from error
