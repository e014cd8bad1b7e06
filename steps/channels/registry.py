"""Which channels config.toml names, each ready to be opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.errors import ConfigError, DeliveryError
from settings.schema import Mail, SecondChannel
from settings.secrets import Secrets
from steps.channels.apprise import Apprise
from steps.channels.base import Channel
from steps.channels.graph import Graph
from steps.channels.smtp import Smtp
from steps.channels.teams import Teams

_SECOND: Mapping[str, type[Teams] | type[Apprise]] = {"teams": Teams, "apprise": Apprise}


def mail_channel(settings: Mail, secrets: Secrets) -> Channel:
    """The way by which mail leaves."""
    reference = settings.oauth.client_secret if settings.oauth.on else settings.password
    what = "the application’s secret" if settings.oauth.on else "the password"
    find = _finder(secrets, reference, what)
    if settings.by == "graph":
        return Graph(settings=settings, find_secret=find)
    return Smtp(settings=settings, find_secret=find)


def second_channel(settings: SecondChannel, secrets: Secrets) -> Channel:
    """One of the ways beside mail."""
    find = _finder(secrets, settings.address, f"the address of {settings.name}")
    return _SECOND[settings.kind](label=settings.name, find_secret=find)


def _finder(secrets: Secrets, reference: str, what: str) -> Callable[[], str]:
    """Looks a secret up when it is needed. Raises DeliveryError, an `outage`, where it is not there."""

    def find() -> str:
        try:
            secret = secrets.find(reference)
        except ConfigError as error:
            raise DeliveryError(str(error), outage=True) from error
        if secret.value is None:
            raise DeliveryError(f"{what} is missing: set the {secret.where}", outage=True)
        return secret.value

    return find
