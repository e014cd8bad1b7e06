"""What the address of a post says: which post it leads to, however the address is written, and whose account wrote it.

One post has many addresses: on the web and on a telephone, with and without the writer's name, with keys that say who
passed it on. Shapes as the platforms' own pages and share buttons write them, and as our collectors and the exports that
we were given have them; checked against none of the platforms' documents, which promise no shape (29 November 2026).
Shortened links (vm.tiktok.com, t.co, a Reddit link of /s/) say neither without being opened, and none is opened.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

# Keys of an address that say who passed it on, and nothing of what it leads to
FOLLOWED = frozenset(("fbclid", "gclid", "igsh", "igshid", "mibextid", "si", "ref", "ref_src", "ref_url", "feature", "pp", "rdid", "share_url"))  # fmt: skip
# Hosts, without what stands before their name
_HOSTS: Mapping[str, str] = {
    "x.com": "x", "twitter.com": "x", "fxtwitter.com": "x", "vxtwitter.com": "x", "fixupx.com": "x",
    "bsky.app": "bluesky", "youtube.com": "youtube", "youtu.be": "youtube", "youtube-nocookie.com": "youtube",
    "tiktok.com": "tiktok", "reddit.com": "reddit", "redd.it": "reddit", "instagram.com": "instagram", "instagr.am": "instagram",
    "threads.net": "threads", "threads.com": "threads", "facebook.com": "facebook", "fb.com": "facebook",
    "linkedin.com": "linkedin", "pinterest.com": "pinterest", "pinterest.co.uk": "pinterest", "careopinion.org.uk": "review",
}  # fmt: skip
# The id of a post in the path of its address; the first that fits
_POSTS: Mapping[str, Sequence[str]] = {
    "x": (r"/status(?:es)?/(\d+)",),
    "bluesky": (r"/post/([a-z0-9]{10,})", r"/app\.bsky\.feed\.post/([a-z0-9]{10,})"),
    "tiktok": (r"/(?:video|photo)/(\d+)", r"/v/(\d+)", r"/embed/(?:v2/)?(\d+)"),
    "reddit": (r"/comments/\w+/(?:[^/]*)/(\w+)", r"/comments/(\w+)", r"^/(\w+)/?$"),
    "instagram": (r"/(?:p|reels?|tv)/([\w-]+)",),
    "threads": (r"/post/([\w-]+)", r"/t/([\w-]+)"),
    "youtube": (r"/(?:shorts|live|embed|v)/([\w-]{11})",),
    "facebook": (
        r"/(?:posts|permalink|videos|reel|photos)/(?:[^/?]+/)*(pfbid\w+|\d+)", r"/groups/[^/]+/(\d+)",
    ),
    "linkedin": (r"urn:li:(?:share|activity|ugcPost):(\d+)", r"-(?:share|activity|ugcPost)-(\d+)"),
    "pinterest": (r"/pin/(?:[^/]*--)?(\d+)",),
    "review": (r"^/(?:opinions/)?(\d+)",),
}  # fmt: skip
# The same in the key of a query, by host where the path has none
_KEYS: Mapping[str, Sequence[str]] = {
    "youtube": ("v",),
    "facebook": ("story_fbid", "fbid", "v", "multi_permalinks"),
}
# The key that names a comment under what the address leads to
_COMMENTS: Mapping[str, Sequence[str]] = {"youtube": ("lc",), "facebook": ("reply_comment_id", "comment_id"), "linkedin": ("commentUrn", "replyUrn")}  # fmt: skip
# Where a comment may have the address of what it stands under, which says nothing of who wrote it
_UNDER = frozenset(("tiktok", "instagram", "facebook", "youtube", "linkedin"))
_REMARKS = frozenset(("comment", "reply"))
# Of a server of Mastodon's kind, of which there are thousands: by the shape of the path alone. Other programs than Mastodon give ids with letters
_STATUS = re.compile(
    r"^/(?:deck/|web/)?@([\w.-]+)(?:@([\w.-]+))?/((?=\w*\d)\w{6,40})/?$|^/users/([\w.-]+)/statuses/((?=\w*\d)\w{6,40})/?$"
)
_NOT_NAMES = frozenset(
    ("i", "home", "search", "hashtag", "explore", "intent", "share", "messages", "settings", "p", "reel", "reels", "tv", "t", "post")
)  # fmt: skip
_NAME = r"[^/\s@]+"


def post_key(url: str) -> str:
    """The post that an address leads to, the same for each way of writing it; "" for what is no address."""
    place, parts = _place(url)
    if parts is None:
        return ""
    if place:
        query = parse_qs(parts.query)
        post_id = _post_id(place, parts.path, query)
        if post_id:
            remark = next((query[key][0] for key in _COMMENTS.get(place, ()) if query.get(key)), "")
            return ":".join(
                (place, post_id, *(re.findall(r"\d{6,}|[\w-]{15,}", unquote(remark))[-1:]))
            )
    if not place and (status := _STATUS.match(parts.path)) and not status[2]:
        return f"mastodon:{_bare(parts.netloc)}:{status[3] or status[5]}"
    pairs = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key.lower() not in FOLLOWED and not key.lower().startswith("utm_")]  # fmt: skip
    rest = f"?{urlencode(sorted(pairs))}" if pairs else ""
    return f"{_bare(parts.netloc)}{unquote(parts.path).rstrip('/')}{rest}"


def platforms_of(key: str) -> tuple[frozenset[str], bool]:
    """On which platforms a post of `key` is to be sought, and whether on these (True) or on all but these (False)."""
    place = key.partition(":")[0]
    known = frozenset(_HOSTS.values())
    return (frozenset((place,)), True) if place in known else (known, False)


def leads_to(key: str, url: str, issued_id: str, kind: str) -> bool:
    """Whether the address of which `key` is made leads to a post with this address, id and kind.

    A comment may have the address of what it stands under: that leads to it only where it names the comment.
    """
    place, _, rest = key.partition(":")
    own = post_key(url)
    if kind in _REMARKS and place in _UNDER:
        return own == key and own.count(":") > 1
    if own == key:
        return True
    # by the id that its issuer gave, where the address that we hold is of another shape
    ids = {part for part in re.split(r"[^\w-]+|_(?=\d)", issued_id) if part}
    return bool(rest) and place in _POSTS and rest.rpartition(":")[2] in ids


def account_in(url: str, kind: str = "post") -> str:
    """The account that wrote the post of an address, by its handle or id, as our collectors write it; "" where it says none.

    A Facebook address says on whose page a post stands, and a comment may have the address of what it stands under: neither says who wrote.
    """
    place, parts = _place(url)
    if parts is None or (kind in _REMARKS and place in _UNDER):
        return ""
    find = _ACCOUNTS.get(place)
    if find is not None:
        name = find(unquote(parts.path))
        return "" if name.lower() in _NOT_NAMES else name
    status = _STATUS.match(unquote(parts.path)) if not place else None
    if status is None:
        return ""
    return f"{status[1] or status[4]}@{status[2] or _bare(parts.netloc)}"


def account_platform(url: str) -> str:
    """The platform of the account that `account_in` finds."""
    return _place(url)[0] or "mastodon"


def _first(*patterns: str) -> Callable[[str], str]:
    compiled = [re.compile(pattern) for pattern in patterns]
    return lambda path: next((match[1] for each in compiled if (match := each.search(path))), "")


# The account in the path of an address, where a platform writes it there
_ACCOUNTS: Mapping[str, Callable[[str], str]] = {
    "x": _first(rf"^/({_NAME})/status(?:es)?/\d"),
    "bluesky": _first(
        r"^/profile/([^/\s]+)/post/",
        r"^/?(did:\w+:[^/]+)/app\.bsky\.feed\.post/",
        r"/embed/(did:[^/]+)/app\.",
    ),
    "tiktok": _first(rf"^/@({_NAME})/(?:video|photo)/"),
    "threads": _first(rf"^/@({_NAME})/post/"),
    "instagram": _first(rf"^/({_NAME})/(?:p|reels?|tv)/", rf"^/stories/({_NAME})/\d"),
    "reddit": _first(rf"^/u(?:ser)?/({_NAME})/comments/", rf"^/r/u_({_NAME})/comments/"),
    "linkedin": _first(r"^/posts/([^/_\s]+)_"),
}


# The account whose page an address is, by the path, where a platform has such pages
_PROFILES: Mapping[str, Sequence[str]] = {
    "x": (r"^/i/user/(\d+)/?$", r"^/(\w{1,15})(?:/(?:with_replies|media|likes|highlights|articles))?/?$"),
    "bluesky": (r"^/profile/@?(did:\w+:[^/\s]+|[\w.-]+\.[\w-]+)/?$", r"^(did:\w+:[^/\s]+)$"),
    "tiktok": (r"^/@([\w.]+)/?$",),
    "threads": (r"^/@([\w.]+)(?:/replies)?/?$",),
    "instagram": (r"^/([\w.]+)(?:/(?:reels|tagged))?/?$",),
    "reddit": (r"^/u(?:ser)?/([\w-]+)(?:/(?:comments|submitted|overview))?/?$", r"^/r/u_([\w-]+)/?$"),
    "youtube": (r"^/channel/(UC[\w-]+)(?:/\w+)?/?$", r"^/@([\w.\u00b7-]+)(?:/\w+)?/?$"),
    "facebook": (r"^/(?:people|pages)/[^/]+/(\d+)/?$", r"^/p/[^/]+-(\d{6,})/?$", r"^/([\w.]{5,})/?$"),
    "linkedin": (r"^/(?:in|company|showcase)/([^/\s]+)(?:/[a-z-]+)*/?$",),
    "pinterest": (r"^/(\w+)(?:/(?:_created|_saved|pins))?/?$",),
}  # fmt: skip
_PROFILE_KEYS: Mapping[str, Sequence[str]] = {"facebook": ("id",), "x": ("user_id", "screen_name")}
# Pages of a platform's own, which are nobody's account
_OF_PLATFORM = _NOT_NAMES | frozenset(
    ("login", "signup", "about", "help", "privacy", "tos", "terms", "watch", "groups", "events", "marketplace", "gaming", "notifications", "photo", "photos",
     "people", "pages", "business", "reel", "stories", "direct", "accounts", "pin", "ideas", "today", "videos", "live", "developers", "legal", "jobs",
     "permalink.php", "story.php", "photo.php", "profile.php", "video.php", "sharer.php", "l.php", "me", "bookmarks", "lists", "compose", "legal.php")
)  # fmt: skip
_ACCOUNT_PAGE = re.compile(r"^/(?:web/|deck/)?@([\w.-]+)(?:@([\w.-]+))?/?$|^/users/([\w.-]+)/?$")


def account_named(written: str) -> tuple[str, str]:
    """The platform and the handle or id that the address of an account or of its post names; "" and "" where it names none.

    Of an address alone: see `is_address`. YouTube's addresses of /c/ and /user/ are names that its interface doesn't give.
    """
    url = written.strip()
    if "://" not in url:
        url = f"https://{url}"
    if account := account_in(url):
        return account_platform(url), account
    place, parts = _place(url)
    if parts is None:
        return "", ""
    path, query = unquote(parts.path), parse_qs(parts.query)
    if not place:
        page = _ACCOUNT_PAGE.match(path)
        return ("mastodon", f"{page[1] or page[3]}@{page[2] or _bare(parts.netloc)}") if page else ("", "")  # fmt: skip
    if path.lower() in ("/profile.php", "/intent/user", "/intent/follow"):
        key = next((key for key in _PROFILE_KEYS.get(place, ()) if query.get(key)), "")
        return (place, query[key][0]) if key else ("", "")
    for pattern in _PROFILES.get(place, ()):
        if (match := re.search(pattern, path)) and match[1].lower() not in _OF_PLATFORM:
            return place, match[1]
    return "", ""


def is_address(written: str) -> bool:
    """Whether what somebody wrote for an account is an address, with or without https:// before it, and no handle or id."""
    return bool(
        re.match(
            r"\s*(?:[a-z][\w+.-]*://|(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?/|www\.)",
            written,
            re.IGNORECASE,
        )
    )


class _Parts(NamedTuple):
    """An address, taken apart."""

    netloc: str
    path: str
    query: str


def _place(url: str) -> tuple[str, _Parts | None]:
    """The platform of an address, "" for one that is not known here, and its parts; None for what is none."""
    written = url.strip()
    if written.startswith("at://"):
        return "bluesky", _Parts("bsky.app", written.removeprefix("at://"), "")
    try:
        parts = urlsplit(written)
        host = (parts.hostname or "").lower()
    except ValueError:
        return "", None
    if not host or parts.scheme not in ("http", "https"):
        return "", None
    place = next(
        (name for known, name in _HOSTS.items() if host == known or host.endswith(f".{known}")), ""
    )
    return place, _Parts(parts.netloc.lower(), parts.path, parts.query)


def _post_id(place: str, path: str, query: Mapping[str, list[str]]) -> str:
    written = unquote(path)
    for number, pattern in enumerate(_POSTS[place]):
        if match := re.search(pattern, written):
            if place == "reddit":  # a comment and a post may have one id
                return f"t{1 if number == 0 and match[1] else 3}_{match[1]}"
            return match[1]
    for key in _KEYS.get(place, ()):
        if query.get(key):
            return query[key][0]
    if place == "youtube" and (short := re.fullmatch(r"/([\w-]{11})/?", written)):
        return short[1]
    return ""


def _bare(netloc: str) -> str:
    """A host without what shows the same page another way."""
    return re.sub(r"^(?:www|m|mobile|amp|old|new|np)\.", "", netloc.rpartition("@")[2])
