"""What the address of a post says: which post it leads to, however the address is written, and whose account wrote it.

One post has many addresses: on the web and on a telephone, with and without the writer's name, with keys that say who
passed it on. Shapes as the platforms' own pages and share buttons write them, and as our collectors and the exports that
we were given have them; checked against none of the platforms' documents, which promise no shape (29 November 2026).
Shortened links (vm.tiktok.com, t.co, lnkd.in, a Reddit link of /s/, a Facebook link of /share/) say neither without being opened, and
none is opened: `is_shortened` tells them. The address of the copy that another server of Mastodon's kind shows has that server's own
number: `copied_account` says whose post it is, and `is_any_servers` that not even that stands in it.
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
# Platforms' own hosts that shorten addresses
SHORT_HOSTS: Mapping[str, str] = {
    "t.co": "x", "lnkd.in": "linkedin", "fb.me": "facebook", "fb.watch": "facebook", "vm.tiktok.com": "tiktok", "vt.tiktok.com": "tiktok", "pin.it": "pinterest",
    "v.redd.it": "reddit", "ig.me": "instagram",
}  # fmt: skip
# Servers of Mastodon's kind that show accounts of other networks under the names that they have there: Bluesky and websites (Bridgy Fed), X
# (BirdsiteLIVE and what came of it), Threads, Nostr, feeds
_BRIDGES = (
    "brid.gy", "bird.makeup", "birdsite.live", "birdsitelive.com", "bird.froth.zone", "twtr.plus", "kilogram.makeup", "threads.net", "threads.com", "mostr.pub", "momostr.pink",
    "rss-parrot.net", "rss.ap.social", "rsshub.social", "flipboard.com", "flipboard.social",
)  # fmt: skip
_ON_BLUESKY = ".ap.brid.gy"  # jo.fedi.example.net.ap.brid.gy is jo@fedi.example.net
# The id of a post in the path of its address; the first that fits
_POSTS: Mapping[str, Sequence[str]] = {
    "x": (r"/status(?:es)?/(\d+)", r"/thread/(\d{15,20})"),
    "bluesky": (r"/post/([a-z0-9]{10,})", r"/app\.bsky\.feed\.post/([a-z0-9]{10,})"),
    "tiktok": (r"/(?:video|photo)/(\d+)", r"/v/(\d+)", r"/embed/(?:v2/)?(\d+)"),
    "reddit": (r"/comments/\w+/(?:[^/]*)/(\w+)", r"/comments/(\w+)", r"/(?:tb|gallery|video)/(\w+)", r"^/(\w+)/?$"),
    "instagram": (r"/(?:p|reels?|tv)/([\w-]+)",),
    "threads": (r"/post/([\w-]+)", r"/t/([\w-]+)"),
    "youtube": (r"/(?:shorts|live|embed|v)/([\w-]{11})",),
    "facebook": (
        r"/(?:posts|permalink|videos|reel|photos)/(?:[^/?]+/)*(pfbid\w+|\d+)", r"/groups/[^/]+/(\d+)", r"^/\d+_(\d+)/?$",
    ),
    "linkedin": (r"urn:li:(?:share|activity|ugcPost):(\d+)", r"[-_](?:share|activity|ugcPost)-(\d+)"),
    "pinterest": (r"/pin/(?:[^/]*--)?(\d+)",),
    "review": (r"^/(?:opinions/)?(\d+)",),
}  # fmt: skip
# The same in the key of a query, by host where the path has none
_KEYS: Mapping[str, Sequence[str]] = {
    "youtube": ("v",),
    "facebook": ("story_fbid", "fbid", "v", "multi_permalinks"),
    "x": ("in_reply_to", "tweet_id", "id"),
    "linkedin": ("updateEntityUrn", "highlightedUpdateUrn"),
}
_NUMBERED = frozenset(
    ("x", "linkedin")
)  # where a key of this name may hold something else than an id
# The key that names a comment under what the address leads to, an answer to a comment before it
_COMMENTS: Mapping[str, Sequence[str]] = {
    "youtube": ("lc",), "facebook": ("reply_comment_id", "comment_id"),
    "linkedin": ("dashReplyUrn", "replyUrn", "dashCommentUrn", "commentUrn"),
}  # fmt: skip
# Copies of a platform's pages on other hosts, of which there are many, by the shape of their path; the id is the platform's own
_MIRRORS: Sequence[tuple[str, re.Pattern[str]]] = (
    ("x", re.compile(r"^/(?:(?!(?:web|deck)/statuses/)[A-Za-z0-9_]{1,15}|i/web)/status(?:es)?/\d{15,20}\b|^/thread/\d{15,20}(?:\.html)?/?$")),
    ("bluesky", re.compile(r"^/profile/@?(?:did:\w+:[^/]+|[\w-]+(?:\.[\w-]+)+)/post/[a-z0-9]{13}\b")),
    ("reddit", re.compile(r"^/r/\w+/comments/\w{5,8}\b")),
    ("tiktok", re.compile(r"^/@[\w.]+/(?:video|photo)/\d{17,20}\b")),
)  # fmt: skip
# What passes on to an address within itself: a key of its query, on any host where that leads to a post, on these hosts whatever it leads to
_PASSED_ON = ("u", "url", "q", "href", "link", "target", "to")
_PASSING = re.compile(
    r"^(?:l|lm)\.(?:facebook|instagram|threads|messenger)\.|(?:^|\.)google\.[a-z.]+$|\.safelinks\.protection\.outlook\.com$|^out\.reddit\.com$|^(?:www\.)?(?:youtube|linkedin)\.com$"
)
_REMARK = re.compile(r"^(?:li-|div-)?comment-?(\d+)$")
# Where a comment may have the address of what it stands under, which says nothing of who wrote it
_UNDER = frozenset(("tiktok", "instagram", "facebook", "youtube", "linkedin"))
_REMARKS = frozenset(("comment", "reply"))
# Of a server of Mastodon's kind, of which there are thousands: by the shape of the path alone. Other programs than Mastodon give ids with letters
_STATUS = re.compile(
    r"^/(?:deck/|web/)?@([\w.-]+)(?:@([\w.-]+))?/(?:statuses/|posts/)?((?=\w*\d)\w{6,40})(?:/embed|/activity)?/?$"
    r"|^/(?:(?:ap/)?users/([\w.-]+)/|web/|deck/)?statuses/((?=\w*\d)\w{6,40})(?:/embed|/activity|/replies)?/?$"
)
_NOT_NAMES = frozenset(
    ("i", "home", "search", "hashtag", "explore", "intent", "share", "messages", "settings", "p", "reel", "reels", "tv", "t", "post")
)  # fmt: skip
_NAME = r"[^/\s@]+"


def post_key(url: str) -> str:
    """The post that an address leads to, the same for each way of writing it; "" for what is no address."""
    keys = post_keys(url)
    return keys[0] if keys else ""


def post_keys(url: str) -> tuple[str, ...]:
    """The post that an address leads to, and after it what that stands under where the address says so, nearest first."""
    place, parts = _place(url)
    if parts is None:
        return ()
    if place:
        query = parse_qs(parts.query)
        post_id = _post_id(place, parts.path, query)
        if post_id:
            # an id that can't be told is kept as it stands: it is another post than the one above all the same
            remarks = [_remark_id(key, query[key][0]) for key in _COMMENTS.get(place, ()) if query.get(key)]  # fmt: skip
            return (*(f"{place}:{post_id}:{each}" for each in dict.fromkeys(remarks)), f"{place}:{post_id}")  # fmt: skip
    host = _bare(parts.netloc)
    if (
        not place
        and (status := _STATUS.match(unquote(parts.path)))
        and (not status[2] or _bare(status[2].lower()) == host)
    ):
        return (f"mastodon:{host}:{status[3] or status[5]}",)
    pairs = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key.lower() not in FOLLOWED and not key.lower().startswith("utm_")]  # fmt: skip
    answered = next((value for key, value in pairs if key == "replytocom" and value.isdecimal()), "")  # fmt: skip
    pairs = [(key, value) for key, value in pairs if key not in _SHOWN_OTHERWISE]
    rest = f"?{urlencode(sorted(pairs))}" if pairs else ""
    path = re.sub(r"(?:/comment-page-\d+|/amp)+$", "", unquote(parts.path).rstrip("/"))
    page, remark = f"{host}{path}{rest}", _REMARK.match(parts.fragment)
    named = remark[1] if remark else answered
    return (f"{page}#comment-{named}", page) if named else (page,)


# Keys by which blogs show one page in another way
_SHOWN_OTHERWISE = frozenset(("replytocom", "amp", "noamp", "outputType", "cpage", "share", "nb"))


def _remark_id(key: str, value: str) -> str:
    """The id of a comment in a key of an address; its own words where they hold none."""
    ids = re.findall(r"\d{6,}|[\w-]{15,}", unquote(value))
    return (ids[0] if key.startswith("dash") else ids[-1]) if ids else value.strip()


# Services that shorten links, and platforms' own, whose path says nothing of what it leads to; hosts, without what stands before their name
_SHORTENERS = frozenset((
    *SHORT_HOSTS, "bit.ly", "bitly.com", "j.mp", "fb.gg", "m.me", "instagr.am", "tinyurl.com",
    "ow.ly", "ht.ly", "buff.ly", "dlvr.it", "goo.gl", "g.co", "share.google", "search.app", "is.gd", "v.gd", "t.ly", "rb.gy", "cutt.ly", "shorturl.at", "shorturl.gg", "tiny.cc",
    "trib.al", "ift.tt", "wp.me", "flip.it", "apple.news", "app.link", "page.link", "onelink.me", "rebrand.ly", "snip.ly", "bl.ink", "short.io", "dub.sh", "urlz.fr", "adf.ly",
    "bbc.in", "cnn.it", "nyti.ms", "wapo.st", "gu.com", "tcrn.ch", "eepurl.com", "linktr.ee", "lnk.to", "lnk.bio", "1drv.ms", "aka.ms", "bitly.ws", "x.gd", "u.to", "s.id", "qr.ae",
))  # fmt: skip
# The same on a platform's own host, by the path
_SHARED = re.compile(r"^/(?:t|s|share)/|^/(?:r|u|user)/[^/]+/s/", re.IGNORECASE)
# What most others look like: a short host, and one word of the path that no person wrote
_CODE = re.compile(
    r"^/(?=[\w-]*[A-Za-z])(?:(?=\w*\d)\w{4,12}|[a-z]+[A-Z]\w{2,10}|[A-Z]{2,}[a-z]\w{2,10})/?$"
)
_SHORT_HOST = 9  # characters, with its ending


def is_shortened(url: str) -> bool:
    """Whether an address says nothing of the post that it leads to unless it is opened: of a service that shortens links, or a platform's own."""
    place, parts = _place(url)
    if parts is None:
        return False
    host = re.sub(r":\d+$", "", parts.netloc.rpartition("@")[2])
    copied_for_one = host == "v.redd.it" or parts.path.startswith(
        "/share/"
    )  # though it may read like the address of a post
    if place and not copied_for_one and _post_id(place, parts.path, parse_qs(parts.query)):
        return False
    if not place and _STATUS.match(unquote(parts.path)):
        return False
    if any(host == known or host.endswith(f".{known}") for known in _SHORTENERS):
        return parts.path.strip("/") != ""
    if place:
        return bool(_SHARED.search(parts.path))
    return len(_bare(host)) <= _SHORT_HOST and not parts.query and bool(_CODE.match(parts.path))


def shortener(url: str) -> tuple[str, str]:
    """The host that shortened an address, and the platform whose that is, "" for nobody's; both "" for one that is written out."""
    if not is_shortened(url):
        return "", ""
    place, parts = _place(url)
    host = _bare(re.sub(r":\d+$", "", parts.netloc.rpartition("@")[2])) if parts is not None else ""
    return host, SHORT_HOSTS.get(host, place)


def of_one(key: str) -> bool:
    """Whether what has an address of this key is one post, since remarks under it have addresses of their own on its platform."""
    place = key.partition(":")[0]
    return place in ("x", "bluesky", "reddit", "threads", "mastodon") or key.count(":") > 1


def leads_to(key: str, url: str, issued_id: str, kind: str) -> bool:
    """Whether the address of which `key` is made leads to a post with this address, id and kind.

    A comment may have the address of what it stands under: that leads to it only where it names the comment.
    """
    place, _, rest = key.partition(":")
    own = post_key(url)
    # by the id that its issuer gave, where the address that we hold is of another shape
    # an address names what the post stands under as well
    ids = set() if issued_id.startswith("http") else set(re.split(r"[^\w-]+|_(?=\d)", issued_id)) - {""}  # fmt: skip
    if kind in _REMARKS and place in _UNDER:
        remark = key.split(":")[2] if key.count(":") > 1 else ""
        # long ids of comments are one post's alone, by whichever of its addresses and ids what they stand under is named
        return bool(remark) and (own == key or (len(remark) > 14 and remark in (own.rpartition(":")[2], *ids)))  # fmt: skip
    if own == key or (
        ("#" in key or kind != "comment")
        and issued_id.startswith("http")
        and post_key(issued_id) == key
    ):
        return True  # servers of other programs than Mastodon give a post one address to read and another as its id
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


def copied_account(url: str) -> str:
    """Whose post a server of Mastodon's kind shows that is not its own, as name@server; "" for any other address.

    The number in it is the showing server's own: it says nothing of which of that account's posts it is.
    """
    place, parts = _place(url)
    if place == "bluesky":
        account = account_in(url).lower()
        return account if account.endswith(_ON_BLUESKY) else ""
    status = _STATUS.match(unquote(parts.path)) if parts is not None and not place else None
    if status is None or parts is None:
        return ""
    name, server = status[1] or status[4], (status[2] or parts.netloc).lower()
    copied = status[2] and _bare(server) != _bare(parts.netloc)
    return f"{name}@{server}".lower() if copied or (name and _is_bridge(server)) else ""


def home_account(account: str) -> str:
    """Of an account as `copied_account` gives it the one that it copies, as its own platform writes it; "" where it is no bridge's.

    A bridge shows one network's posts on another, under an account that is called as the one at home.
    """
    if account.endswith(_ON_BLUESKY):
        name, _, server = account.removesuffix(_ON_BLUESKY).partition(".")
        return f"{name}@{server}"
    name, _, server = account.rpartition("@")
    return name if name and _is_bridge(server) else ""


def _is_bridge(server: str) -> bool:
    host = _bare(server)
    return any(host == bridge or host.endswith(f".{bridge}") for bridge in _BRIDGES)


def is_any_servers(url: str) -> bool:
    """Whether an address of a server of Mastodon's kind names no account: its number may be the server's own for anybody's post."""
    place, parts = _place(url)
    status = _STATUS.match(unquote(parts.path)) if parts is not None and not place else None
    return status is not None and not (status[1] or status[4])


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


# https://reader:secret@example.org, wherever in a text
_SIGNED_IN = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#@]+@", re.IGNORECASE)


def holds_password(text: str) -> bool:
    """Whether an address in a text has a name, or a name and a password, before its host."""
    return _SIGNED_IN.search(text) is not None


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
    fragment: str = ""


def _place(url: str, depth: int = 0) -> tuple[str, _Parts | None]:
    """The platform of an address, "" for one that is not known here, and its parts; None for what is none.

    Of what only passes on, copies or keeps a page, that page's; of an address within one within another and so on, three deep.
    """
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
    reached = _Parts(parts.netloc.lower(), parts.path, parts.query, parts.fragment)
    if parts.fragment.startswith(
        ("!/", "/")
    ):  # the old addresses of X, and pages that are one program
        reached = reached._replace(path=parts.fragment.lstrip("!").partition("?")[0], fragment="")
    if place and _post_id(place, reached.path, parse_qs(reached.query)):
        return place, reached
    if depth < _DEEPEST and (inner := _within(written, host, reached, depth)) is not None:
        return inner
    if not place:
        path = unquote(reached.path)
        place = next((name for name, shape in _MIRRORS if shape.match(path)), "")
        if not place and host.endswith("twimg.com"):
            place = "x"
    return place, reached


_DEEPEST = 3
_SERVER = r"[\w-]+(?:\.[\w-]+)+"


def _within(written: str, host: str, parts: _Parts, depth: int) -> tuple[str, _Parts | None] | None:
    """What an address within another leads to; None where there is none that counts."""
    at = re.search(r"(?<=[/_])https?:/+", written[8:], re.IGNORECASE)
    if (
        at and "?" not in written[: 8 + at.start()]
    ):  # archives, and what shows a page without its adverts
        inner = _place(re.sub(r":/+", "://", written[8 + at.start() :], count=1), depth + 1)
        return inner if inner[1] is not None else None
    if server := re.match(rf"^/({_SERVER})/(?:s/(\w+)|(@[\w.@-]+/\w+))/?$", parts.path):
        path = f"statuses/{server[2]}" if server[2] else server[3]  # elk.zone, phanpy.social
        inner = _place(f"https://{server[1]}/{path}", depth + 1)
        return inner if inner[1] is not None and _STATUS.match(inner[1].path) else None
    query = parse_qs(parts.query)
    for value in (each for key in _PASSED_ON for each in query.get(key, ())):
        if not value.lower().startswith(("https://", "http://")):
            continue
        place, inside = _place(value, depth + 1)
        if inside is None:
            continue
        leads = bool(place) and bool(_post_id(place, inside.path, parse_qs(inside.query)))
        if leads or _STATUS.match(inside.path) or _PASSING.search(host):
            return place, inside
    return None


def _post_id(place: str, path: str, query: Mapping[str, list[str]]) -> str:
    written = unquote(path)
    for number, pattern in enumerate(_POSTS[place]):
        if match := re.search(pattern, written):
            if place == "reddit":  # a comment and a post may have one id
                return f"t{1 if number == 0 and match[1] else 3}_{match[1].lower()}"
            return match[1]
    for key in _KEYS.get(place, ()):
        if query.get(key) and (place not in _NUMBERED or re.search(r"\d{10,}", query[key][0])):
            return re.findall(r"\d{10,}", query[key][0])[0] if place in _NUMBERED else query[key][0]
    if place == "youtube" and (short := re.fullmatch(r"/([\w-]{11})/?", written)):
        return short[1]
    return ""


def _bare(netloc: str) -> str:
    """A host without what shows the same page another way."""
    return re.sub(
        r"^(?:www|m|mobile|amp|old|new|np)\.",
        "",
        re.sub(r":(?:80|443)$", "", netloc.rpartition("@")[2]),
    )
