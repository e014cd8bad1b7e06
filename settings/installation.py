"""The tables of config.toml by which one installation runs several organisations; settings/organisations.py reads them without the rest."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from core.validation import STRICT
from settings.organisations import SLUG

Slug = Annotated[str, Field(pattern=f"^{SLUG.pattern}$")]


class OrganisationEntry(BaseModel):
    """One of them, by its short name. `folder` starts at the installation's; empty: organisations/SHORT-NAME there."""

    model_config = STRICT
    folder: str = ""
    on: bool = True


class Installation(BaseModel):
    """In an organisation's own file: the installation's file, whose common settings lie under it."""

    model_config = STRICT
    config: str = ""


class Region(BaseModel):
    """`counts`: this organisation lets a region have its counts by day. `of`: the organisations whose counts this one, a region, sees."""

    model_config = STRICT
    counts: bool = False
    of: tuple[Slug, ...] = ()
