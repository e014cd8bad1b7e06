"""Reporting a post to its platform by hand (policy, section 9): where, in what words, and writing down that it was done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from core.errors import StoreError
from core.models import Flag
from review.auth.sessions import requires_role
from review.cases import detail
from review.context import RequestContext
from review.moderation import actions
from review.rendering import page
from store import Item, TakedownStep

LONGEST = 200


@requires_role("viewer")
def report(context: RequestContext) -> Response:
    """Where the platform takes reports, and what to write there."""
    return _show(context, _item(context))


@requires_role("reviewer")
def reported(context: RequestContext) -> Response:
    """Writes into the tracker of takedowns that the platform was asked."""
    item = _item(context)
    reference, note = (str(context.form.get(name, "")).strip() for name in ("reference", "remark"))
    faults: dict[str, str] = {}
    if context.form.get("done") != "yes":
        faults["done"] = (
            "Tick this once you have reported it there: this page reports nothing by itself"
        )
    if len(reference) > LONGEST:
        faults["reference"] = f"Use at most {LONGEST} characters"
    case = context.store.case_of(item.number)
    if case is None:
        faults[""] = "The post is in no case, so that nothing of it can be followed"
    if faults or case is None:
        return _show(context, item, faults, 422)
    try:
        context.store.add_takedown(TakedownStep(
            mention=item.number, step="asked", whom="platform", at=context.at, kept_at=context.at,
            by=context.user.number, how=route(item.platform).name[:LONGEST], reference=reference, note=note[:4000],
        ))  # fmt: skip
    except StoreError as error:
        return _show(context, item, {"": str(error)}, 422)
    return RedirectResponse(f"{detail.way(context, case)}#takedown", 303)


def _item(context: RequestContext) -> Item:
    item = context.store.item(context.request.path_params["number"])
    if item is None:
        raise HTTPException(404)
    return item


def _show(
    context: RequestContext, item: Item, faults: dict[str, str] | None = None, status: int = 200
) -> Response:
    case = context.store.case_of(item.number)
    stored = context.store.mention(item.number)
    followed = (
        [takedown for takedown in context.store.takedowns(case) if takedown.mention == item.number]
        if case
        else []
    )
    return page(
        context, "moderation/report.html", status=status, item=item, case=case, faults=faults or {},
        way=detail.way(context, case) if case else f"/mentions/{item.number}",
        route=route(item.platform), wording=wording(context.config.organisation.name, item.kind, item.flags),
        address=stored.mention.url if stored and not item.deleted else "", form=context.form,
        guarded=actions.guarded(context, item), steps=followed[0].steps if followed else (),
    )  # fmt: skip


# Where each platform takes reports of posts, and what to say there: neutral words that name nobody.
#
# Addresses are the platforms' own pages of help, which lead to the form that is right on the day. Each was looked up
# in November 2026.


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where to report on one platform: what it is called, its address ("" where there is none), and how."""

    name: str
    address: str
    how: str


_MENU = "Open the original, choose the three dots beside the post, then Report."
ROUTES: Mapping[str, Route] = {
    "x": Route(
        name="X’s help: report abusive behaviour",
        address="https://help.x.com/en/safety-and-security/report-abusive-behavior",
        how=f"{_MENU} For personal data choose that it shares private information.",
    ),
    "facebook": Route(
        name="Facebook’s help: reporting abuse", address="https://www.facebook.com/help/1753719584844061",
        how=f"{_MENU} Facebook removes private information by its form for privacy.",
    ),
    "instagram": Route(
        name="Instagram’s help: report something on the web",
        address="https://help.instagram.com/519598734752872", how=_MENU,
    ),
    "linkedin": Route(
        name="LinkedIn’s help: report inappropriate content",
        address="https://www.linkedin.com/help/linkedin/answer/a1337576", how=_MENU,
    ),
    "youtube": Route(
        name="YouTube’s help: report inappropriate content",
        address="https://support.google.com/youtube/answer/2802027",
        how="Open the original; for a comment choose More beside it, then Report. Personal data goes by YouTube’s privacy complaint process, which the same page names.",
    ),
    "pinterest": Route(
        name="Pinterest’s help: report something on Pinterest",
        address="https://help.pinterest.com/en/article/report-something-on-pinterest", how=_MENU,
    ),
    "reddit": Route(
        name="Reddit’s form for reports", address="https://www.reddit.com/report",
        how="Report beside the post reaches the moderators of its community; the form reaches Reddit itself.",
    ),
    "bluesky": Route(
        name="Bluesky’s community guidelines", address="https://bsky.social/about/support/community-guidelines",
        how=f"{_MENU} Bluesky takes reports in its own app and page alone.",
    ),
    "mastodon": Route(
        name="the server that shows the post", address="",
        how="Open the original while signed in, choose the three dots, then Report. Tick to forward it, so that the author’s own server hears of it too.",
    ),
    "review": Route(
        name="the site that shows the review", address="https://www.nhs.uk/about-us/managing-patient-feedback/",
        how="On the NHS website the provider chooses ‘report as unsuitable’ beside the review, by its NHS Profile Manager. On Care Opinion write to its moderators by the story’s own page: careopinion.org.uk/info/moderation.",
    ),
    "blog": Route(
        name="the site’s own contact page", address="",
        how="Write to whoever runs the site by its contact page. Ask them to look at it; don’t demand.",
    ),
    "news": Route(
        name="the editor", address="",
        how="Ring or write to the newsdesk. The media desk does this, since it is press.",
    ),
}  # fmt: skip
ELSEWHERE = Route(
    name="whoever runs the place where it was seen", address="",
    how="Use the place’s own way to report, or write to whoever runs it.",
)  # fmt: skip

# What is wrong with a post in words that a platform’s rules know, by flag; gravest first.
_WRONG: Mapping[str, str] = {
    "threat": "It threatens violence or damage against people or premises.",
    "safeguarding": "It suggests that somebody may be at risk of serious harm now. Please look at it first.",
    "pid": "It shares private information by which a patient, or a relative of one, can be identified, without consent.",
    "hate": "It attacks people for a protected characteristic.",
    "sexual": "It holds sexual content about a person.",
    "harassment": "It bullies or harasses a person, or calls on others to do so.",
    "confidential": "It shares confidential information that is not public.",
    "security": "It shares a password, a code or a way round a security control.",
    "impersonation": "It presents itself as a public body that it is not.",
    "brand": "It uses a logo or an image that is protected by copyright, without permission.",
    "removal_request": "Somebody who is in it asks that it be taken down.",
    "misinformation": "It states as fact something about health or health services that is not so.",
    "derogatory": "It insults or demeans people.",
}


def route(platform: str) -> Route:
    """Where to report what stands there."""
    return ROUTES.get(platform, ELSEWHERE)


def wording(organisation: str, kind: str, flags: Iterable[Flag]) -> str:
    """What to write to the platform. It repeats no word of the post and names nobody in it."""
    names = {flag.name for flag in flags}
    wrong = [words for name, words in _WRONG.items() if name in names]
    reason = " ".join(wrong) or "We think that it breaks your rules."
    return (
        f"We report this {kind} as the communications team of {organisation}, a public body of the NHS in England. "
        f"{reason} Please look at it under your rules, and tell us what you decided. "
        "We give no further details of the people concerned here, so as not to spread them."
    )
