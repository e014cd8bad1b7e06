"""Each job that begins is written down, and how it ended: what is owed is worked out of that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from core import clock, logs
from core.errors import StoreError
from steps.context import RunContext


@contextmanager
def recorded(context: RunContext, job: str) -> Iterator[None]:
    """Writes the run of a job into the ledger of its store.

    An error inside goes on, and leaves the run as one that did not reach its end. A program that is stopped or killed inside
    leaves a run that never ended.
    """
    run = context.store.job_runs.begin(job, clock.now())
    token = logs.about.set({"run": run, "job": job})
    try:
        yield
    except Exception:
        with suppress(StoreError):  # the error that broke it off is the one to be told
            context.store.job_runs.end(
                run, clock.now(), failures=len(context.failures) + 1, completed=False
            )
        raise
    else:
        context.store.job_runs.end(run, clock.now(), failures=len(context.failures))
    finally:
        logs.about.reset(token)
