"""What schemathesis may not ask, since OpenAPI has no words for rules between two parameters, and what it asks in a shorter form."""

import schemathesis


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
    return not (both or either or begin)


@schemathesis.hook
def before_call(context, case, kwargs):
    query = case.query or {}
    wait = query.get("wait")
    if isinstance(wait, str) and wait[:-1].isdigit() and wait[-1] in "sm":
        # the longest is ten minutes, for what never settles
        query["wait"] = "50ms"
