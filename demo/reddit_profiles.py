"""Accounts and communities of the demo's Reddit, as `about` and the two searches give them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from demo.reddit_posts import account_id

Authored = Mapping[str, Any]


class Profiles:
    """Everybody who wrote, and those that reddit.json names; pictures lie at `url`."""

    def __init__(self, authored: Authored, authors: Iterable[str], at: datetime, url: str) -> None:
        self._named: Authored = authored["profiles"]
        self._bios: Mapping[str, str] = authored["bios"]
        self._communities: Authored = authored["communities"]
        self._authors = sorted({*authors, *self._named} - {"[deleted]"})
        self._since, self._url = at - timedelta(days=700), url

    def account(self, name: str) -> dict[str, Any] | None:
        """One account; of a suspended one hardly more than its name is told."""
        known = next((one for one in self._authors if one.casefold() == name.casefold()), None)
        if known is None:
            return None
        about = self._named.get(known, {})
        if about.get("suspended"):
            return {"kind": "t2", "data": {"name": known, "is_suspended": True, "total_karma": 0}}
        icon = f"{self._url}/styles/{about.get('avatar', known)}.png"
        profile = {
            "display_name": f"u_{known}",
            "display_name_prefixed": f"u/{known}",
            "title": about.get("title", ""),
            "public_description": about.get("bio", self._bios.get(known, "")),
            "subscribers": about.get("followers", 0),
            "icon_img": icon,
            "url": f"/user/{known}/",
        }
        return {"kind": "t2", "data": {
            "id": account_id(known)[3:], "name": known, "created_utc": self._since.timestamp(),
            "link_karma": 10, "comment_karma": 90, "icon_img": icon, "is_employee": False,
            "subreddit": profile,
        }}  # fmt: skip

    def accounts(self, words: str) -> list[dict[str, Any]]:
        """Those whose name or title has every word; suspended ones can't be found."""
        found = [account for name in self._authors if (account := self.account(name))]
        return [
            one for one in found
            if "subreddit" in one["data"]
            and _fits(words, one["data"]["name"], one["data"]["subreddit"]["title"])
        ]  # fmt: skip

    def communities(self, words: str) -> list[dict[str, Any]]:
        """Those whose name, title or description has every word."""
        return [
            self._community(name, about) for name, about in self._communities.items()
            if _fits(words, name, about["title"], about["about"])
        ]  # fmt: skip

    def _community(self, name: str, about: Authored) -> dict[str, Any]:
        return {"kind": "t5", "data": {
            "id": account_id(f"r/{name}")[3:], "name": f"t5_{account_id(f'r/{name}')[3:]}",
            "display_name": name, "display_name_prefixed": f"r/{name}", "title": about["title"],
            "public_description": about["about"], "subscribers": about["members"],
            "icon_img": f"{self._url}/styles/{about.get('avatar', name)}.png", "url": f"/r/{name}/",
            "created_utc": self._since.timestamp(), "subreddit_type": "public", "over18": False,
        }}  # fmt: skip


def _fits(words: str, *texts: str) -> bool:
    said = " ".join(texts).casefold().replace("_", " ")
    joined = said.replace(" ", "")
    return bool(words.split()) and all(
        word in said or word in joined for word in words.casefold().split()
    )
