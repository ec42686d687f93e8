"""What schemathesis may not ask, since OpenAPI has no words for rules between two parameters, and what it asks in a shorter form."""

import io
import re
import tarfile

import schemathesis
from hypothesis import strategies as st

WAIT = re.compile(r"0*(?:(?:[1-9]|10)m|(?:[1-9][0-9]?|[1-5][0-9]{2}|600)s|(?:[1-9][0-9]{0,4}|[1-5][0-9]{5}|600000)ms)")


def has_whole_fraction(value):
    """Whether 3.0 is somewhere in it: a schema's integer, and for the server a number with a fraction, which it does not round."""
    if isinstance(value, dict):
        return any(has_whole_fraction(each) for each in value.values())
    if isinstance(value, list):
        return any(has_whole_fraction(each) for each in value)
    return isinstance(value, float) and value.is_integer()


@schemathesis.hook
def filter_case(context, case):
    query = case.query or {}
    headers = case.headers or {}
    # a dry run has nothing to wait for
    both = "wait" in query and str(query.get("dry_run")).lower() == "true"
    # either a revision that one knows, or none
    either = "If-Match" in headers and "If-None-Match" in headers
    # two that both say where to begin
    begin = "after" in query and "since" in query
    # it goes on for as long as somebody reads: tests of ours read it
    endless = str(query.get("follow")).lower() == "true"
    return not (both or either or begin or endless or has_whole_fraction(case.body))


@schemathesis.hook
def before_call(context, case, kwargs):
    query = case.query or {}
    wait = query.get("wait")
    if isinstance(wait, str) and WAIT.fullmatch(wait):
        # the longest is ten minutes, for what never settles
        query["wait"] = "50ms"


def tar(files):
    """A tar of them, by name."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as into:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            into.addfile(entry, io.BytesIO(content))
    return made.getvalue()


# without it schemathesis has nothing to send, and ends with errors
schemathesis.openapi.media_type(
    "application/x-tar", st.builds(tar, st.dictionaries(st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?", fullmatch=True), st.binary(max_size=64), max_size=3))
)
