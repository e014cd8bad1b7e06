"""The papers that governance signs, to take away: written anew each time from the settings in force."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from core.errors import ModelError
from reports import pdf
from reports.papers import pack
from reports.papers.facts import Facts, gather
from review.auth import two_people
from review.auth.sessions import requires_role
from review.auth.users import MAY
from review.context import RequestContext
from review.rendering import page
from steps import model_files

TYPES = {"html": "text/html; charset=utf-8", "pdf": "application/pdf", "zip": "application/zip"}


@requires_role("governance")
def papers(context: RequestContext) -> Response:
    """What can be taken, what each is for, and what is not signed yet."""
    facts = _facts(context)
    return page(
        context,
        "insights/papers.html",
        papers=pack.PAPERS,
        gate=facts.gate,
        with_pdf=pdf.is_installed(),
    )


@requires_role("governance")
def take(context: RequestContext) -> Response:
    """One paper as a page that prints or a PDF, or all of them as a ZIP."""
    key, form = context.request.path_params["paper"], context.request.path_params["form"]
    if (key, form) == ("all", "zip"):
        return _file("governance-papers.zip", pack.archive(_facts(context)), "zip")
    paper = pack.paper(key)
    if paper is None or form not in ("html", "pdf") or (form == "pdf" and not pdf.is_installed()):
        raise HTTPException(404)
    written = pack.html(_facts(context), paper)
    return _file(f"{key.replace('_', '-')}.{form}", pdf.pdf(written) if form == "pdf" else written.encode(), form)  # fmt: skip


def installed_model(context: RequestContext) -> str:
    """The version of the model in force, as it is installed, whatever has read so far."""
    try:
        return model_files.installed_version(context.config, context.app.folder)
    except ModelError:
        return pack.NO_MODEL


def _facts(context: RequestContext) -> Facts:
    return gather(
        context.config, context.app.policy, context.store.users.all(), may=MAY,
        model=installed_model(context), read_by=context.store.workload.reading_models(), at=context.at,
        by_command={int(event.about["user"]) for event in context.store.second_people.not_seen()},
        shared=two_people.shared(context.config, context.store.users.all()),
    )  # fmt: skip


def _file(name: str, content: bytes, form: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, media_type=TYPES[form])
