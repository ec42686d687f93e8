"""What schemathesis may not ask, since OpenAPI has no words for rules between two parameters, what it asks in a shorter form, and what there is to ask for."""

import io
import itertools
import re
import tarfile
import time

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis.core.parameters import ParameterLocation

WAIT = re.compile(r"0*(?:(?:[1-9]|10)m|(?:[1-9][0-9]?|[1-5][0-9]{2}|600)s|(?:[1-9][0-9]{0,4}|[1-5][0-9]{5}|600000)ms)")


# What there is on ContractServer, which schemathesis finds by itself hardly ever: a request for what is not there is answered 404 whatever else it says.
# What removes a thing asks for one of its own, or the others would find nothing any more
THERE_IS = {
    "/deployments/{name}": {"name": "web"},
    "/instances/{id}": {},
    "/nodes/{id}": {"id": "node-a"},
    "/webhooks/{name}": {"name": "chat"},
    "/vars/{name}": {"name": "DB_HOST"},
    "/secrets/{name}": {"name": "db"},
    "/files/{name}": {"name": "app.conf"},
    "/registries/{host}": {"host": "registry.example:5000"},
    "/images/{name}": {"name": "team/shop:3"},
    "/volumes/{deployment}": {"deployment": "gone", "slot": "0", "name": "data"},
}
calls = itertools.count()


def there_is(case):
    """The names of what there is for it, or none."""
    path = case.operation.path
    names = dict(next((names for begin, names in THERE_IS.items() if path.startswith(begin)), {}))
    if path.endswith("/move"):
        names["name"] = "kept"
    elif path.endswith("/{number}"):
        names["number"] = "1"
    elif path.startswith("/instances/"):
        shown = requests.get(f"{case.operation.base_url}/deployments/web", timeout=10).json()
        names = {"id": instance["id"] for instance in shown.get("instances", [])[:1]}
    if case.method == "DELETE":
        names = {**names, "slot": "1"} if "slot" in names else names if path.endswith("/move") else {}
    return names


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
    # every other one of its own making, and where the path is not what it tries
    plain = case.meta and case.meta.phase.name.value in ("coverage", "fuzzing") and not case.meta.is_negative_at(ParameterLocation.PATH)
    if plain and next(calls) % 2:
        for name, value in there_is(case).items():
            case.path_parameters[name] = value
        if "node" in (case.query or {}) and not case.meta.is_negative_at(ParameterLocation.QUERY):
            case.query["node"] = ["node-a"] if isinstance(case.query["node"], list) else "node-a"
    query = case.query or {}
    if case.method == "DELETE" and case.meta and case.meta.phase.name.value == "stateful" and not case.meta.is_negative_at(ParameterLocation.QUERY):
        # what is only rehearsed is there afterwards
        query.pop("dry_run", None)
    wait = query.get("wait")
    if isinstance(wait, str) and WAIT.fullmatch(wait):
        # the longest is ten minutes, for what never settles
        query["wait"] = "50ms"


@schemathesis.hook
def after_call(context, case, response):
    # 202 is under way: it is there until it is gone, which schemathesis takes for gone at once
    if case.method == "DELETE" and response.status_code == 202:
        for _ in range(100):
            if requests.get(response.request.url.split("?")[0], timeout=10).status_code != 200:
                return
            time.sleep(0.1)


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
