"""What a blueprint must hold to that Render's schema lets through: its rules, and ours.

A rule is a function that yields a sentence for each breach; its name is the rule.
"""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tests.conftest import PROJECT

Blueprint = dict[str, Any]
Rule = Callable[[Blueprint], Iterable[str]]

GRACEFUL_SECONDS: int = runpy.run_path(str(PROJECT / "gunicorn.conf.py"))["graceful_timeout"]
RENDERS_SHUTDOWN_SECONDS = 30
# Cloudflare's address for the client, Render's for Cloudflare, and a third of its own behind it.
RENDERS_PROXIES = 3
LEGACY_DATABASE_PLANS = {"starter", "standard", "pro", "pro plus"}
PAID_FEATURES = {"preDeployCommand", "disk", "persistenceMode", "scaling"}
PAID_DATABASE_FEATURES = {"diskSizeGB", "storageAutoscalingEnabled", "highAvailability"}
NEEDED_BY_ALL = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"}
SECRETS = {"ADMIN_PASSWORD", "SECRET_KEY"}

RULES: dict[str, Rule] = {}


def rule(check: Rule) -> Rule:
    """Have `broken_rules` look at it."""
    RULES[check.__name__] = check
    return check


def broken_rules(blueprint: Blueprint) -> list[str]:
    """The names of the rules that the blueprint breaks."""
    return [name for name, check in RULES.items() if list(check(blueprint))]


def processes(blueprint: Blueprint) -> Iterator[Blueprint]:
    """The services that run our code."""
    return (service for service in blueprint["services"] if service["type"] in ("web", "worker"))


def webs(blueprint: Blueprint) -> list[Blueprint]:
    return [service for service in blueprint["services"] if service["type"] == "web"]


def stores(blueprint: Blueprint) -> list[Blueprint]:
    """The Key Value instances."""
    return [
        service for service in blueprint["services"] if service["type"] in ("keyvalue", "redis")
    ]


def variables(service: Blueprint) -> dict[str, Blueprint]:
    return {entry["key"]: entry for entry in service.get("envVars", ()) if "key" in entry}


@rule
def key_value_has_todays_name(blueprint: Blueprint) -> Iterator[str]:
    """`redis` is an alias that goes away."""
    return (store["name"] for store in stores(blueprint) if store["type"] == "redis")


@rule
def every_plan_is_named(blueprint: Blueprint) -> Iterator[str]:
    """A plan left out is a paid one."""
    everything = (*blueprint["services"], *blueprint["databases"])
    return (resource["name"] for resource in everything if "plan" not in resource)


@rule
def every_plan_is_on_sale(blueprint: Blueprint) -> Iterator[str]:
    """New databases are not sold the old plans, and nobody has a free worker."""
    for database in blueprint["databases"]:
        if database.get("plan") in LEGACY_DATABASE_PLANS:
            yield database["name"]
    for service in blueprint["services"]:
        if service["type"] in ("worker", "pserv") and service.get("plan") == "free":
            yield service["name"]


@rule
def what_is_free_asks_for_nothing_that_is_paid(blueprint: Blueprint) -> Iterator[str]:
    for service in blueprint["services"]:
        if service.get("plan") == "free" and PAID_FEATURES & set(service):
            yield service["name"]
    for database in blueprint["databases"]:
        if database.get("plan") == "free" and PAID_DATABASE_FEATURES & set(database):
            yield database["name"]


@rule
def nothing_is_evicted(blueprint: Blueprint) -> Iterator[str]:
    """The default throws jobs away when memory runs out."""
    for store in stores(blueprint):
        if store.get("maxmemoryPolicy") != "noeviction":
            yield store["name"]


@rule
def what_is_paid_for_keeps_its_jobs(blueprint: Blueprint) -> Iterator[str]:
    for store in stores(blueprint):
        if store.get("plan") != "free" and store.get("persistenceMode") != "journal-snapshot":
            yield store["name"]


@rule
def data_are_closed_to_the_internet(blueprint: Blueprint) -> Iterator[str]:
    """A database whose list is left out is open to everybody."""
    for resource in (*stores(blueprint), *blueprint["databases"]):
        if resource.get("ipAllowList") != []:
            yield resource["name"]


@rule
def one_service_faces_the_internet(blueprint: Blueprint) -> Iterator[str]:
    if len(webs(blueprint)) != 1:
        yield f"{len(webs(blueprint))} web services"


@rule
def the_database_is_postgresql_18(blueprint: Blueprint) -> Iterator[str]:
    for database in blueprint["databases"]:
        if database.get("postgresMajorVersion") != "18":
            yield database["name"]


@rule
def disks_have_a_size_that_is_sold(blueprint: Blueprint) -> Iterator[str]:
    for database in blueprint["databases"]:
        size = database.get("diskSizeGB", 1)
        if size != 1 and size % 5:
            yield database["name"]


@rule
def names_are_unique(blueprint: Blueprint) -> Iterator[str]:
    names = [resource["name"] for resource in (*blueprint["services"], *blueprint["databases"])]
    return (name for name in set(names) if names.count(name) > 1)


@rule
def everything_is_in_one_region(blueprint: Blueprint) -> Iterator[str]:
    """Private addresses end at a region's border."""
    everything = (*blueprint["services"], *blueprint["databases"])
    regions = {resource.get("region", "oregon") for resource in everything}
    if len(regions) > 1:
        yield ", ".join(sorted(regions))


@rule
def references_lead_somewhere(blueprint: Blueprint) -> Iterator[str]:
    databases = {database["name"] for database in blueprint["databases"]}
    for service in blueprint["services"]:
        for key, entry in variables(service).items():
            if "fromDatabase" in entry and entry["fromDatabase"]["name"] not in databases:
                yield key
            if "fromService" in entry and not _leads(entry["fromService"], blueprint):
                yield key


def _leads(reference: Blueprint, blueprint: Blueprint) -> bool:
    """Whether it names a service that there is, and either a property or a variable of it."""
    wanted = (reference["type"], reference["name"])
    found = [one for one in blueprint["services"] if (one["type"], one["name"]) == wanted]
    if "property" in reference:
        return bool(found) and "envVarKey" not in reference
    return bool(found) and reference.get("envVarKey") in variables(found[0])


@rule
def groups_hold_plain_values(blueprint: Blueprint) -> Iterator[str]:
    """What is asked for in the dashboard cannot stand in a group."""
    for group in blueprint.get("envVarGroups", ()):
        for entry in group["envVars"]:
            if "value" not in entry and "generateValue" not in entry:
                yield entry["key"]


@rule
def migrations_run_once(blueprint: Blueprint) -> Iterator[str]:
    """Before the deploy, by one service; or at the start of the one that is everything."""
    runs = [
        service["name"]
        for service in processes(blueprint)
        if "migrate" in service.get("preDeployCommand", "")
        or service["startCommand"].endswith("start.sh all")
    ]
    if len(runs) != 1:
        yield f"by {runs}"


@rule
def render_is_answered_where_it_asks(blueprint: Blueprint) -> Iterator[str]:
    """On every address, on the port it chooses, and only for the process's own health."""
    for web in webs(blueprint):
        settings = variables(web)
        listens_everywhere = settings.get("HOST", {}).get("value") == "0.0.0.0"
        if not listens_everywhere or "PORT" in settings or web.get("healthCheckPath") != "/healthz":
            yield web["name"]


@rule
def proxies_are_counted(blueprint: Blueprint) -> Iterator[str]:
    for web in webs(blueprint):
        if variables(web).get("PROXY_HOPS", {}).get("value") != RENDERS_PROXIES:
            yield web["name"]


@rule
def requests_end_before_the_kill(blueprint: Blueprint) -> Iterator[str]:
    for web in webs(blueprint):
        if web.get("maxShutdownDelaySeconds", RENDERS_SHUTDOWN_SECONDS) <= GRACEFUL_SECONDS:
            yield web["name"]


@rule
def every_process_has_what_it_needs(blueprint: Blueprint) -> Iterator[str]:
    for service in processes(blueprint):
        needed = NEEDED_BY_ALL | ({"ADMIN_PASSWORD"} if service["type"] == "web" else set())
        if needed - set(variables(service)):
            yield service["name"]


@rule
def secrets_are_made_and_not_written_down(blueprint: Blueprint) -> Iterator[str]:
    for service in processes(blueprint):
        for key in SECRETS & set(variables(service)):
            if "value" in variables(service)[key]:
                yield f"{service['name']}: {key}"


@rule
def the_secret_key_is_one(blueprint: Blueprint) -> Iterator[str]:
    """Workers open what the web process has sealed."""
    made_by = [s for s in processes(blueprint) if "generateValue" in _secret_key(s)]
    if len(made_by) != 1 or made_by[0]["type"] != "web":
        yield f"made {len(made_by)} times"


def _secret_key(service: Blueprint) -> Blueprint:
    return variables(service).get("SECRET_KEY", {})
