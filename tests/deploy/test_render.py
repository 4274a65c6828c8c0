"""Render's blueprints: what its schema asks, what only its documentation says, and our rules."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy

import jsonschema_rs
import pytest
import yaml
from flask import Flask

from app.config import Config
from tests.conftest import PROJECT
from tests.deploy.blueprint import RULES, Blueprint, broken_rules, variables, webs

PAID = yaml.safe_load((PROJECT / "render.yaml").read_text())
FREE = yaml.safe_load((PROJECT / "deploy/render-free.yaml").read_text())
SCHEMA = jsonschema_rs.Draft202012Validator(
    json.loads((PROJECT / "tests/deploy/render.schema.json").read_text())
)
KEY_VALUE, DATABASE = "product-importer-kv", "product-importer-db"
WEB, IMPORTS = "product-importer", "product-importer-imports"

Mutation = Callable[[Blueprint], object]


def resource(blueprint: Blueprint, name: str) -> Blueprint:
    found: Blueprint = next(
        entry
        for entry in (*blueprint["services"], *blueprint["databases"])
        if entry["name"] == name
    )
    return found


def setting(name: str, **members: object) -> Mutation:
    """Set members of a resource."""
    return lambda blueprint: resource(blueprint, name).update(members)


def without(name: str, member: str) -> Mutation:
    return lambda blueprint: resource(blueprint, name).pop(member)


def variable(name: str, key: str, **entry: object) -> Mutation:
    """Replace an environment variable; with nothing, take it away."""

    def mutate(blueprint: Blueprint) -> None:
        service = resource(blueprint, name)
        service["envVars"] = [old for old in service["envVars"] if old["key"] != key]
        if entry:
            service["envVars"].append({"key": key, **entry})

    return mutate


def twice(name: str, /, **members: object) -> Mutation:
    """Add a copy of a service."""
    return lambda b: b["services"].append({**deepcopy(resource(b, name)), **members})


def group(**entry: object) -> Mutation:
    return lambda b: b.update(envVarGroups=[{"name": "shared", "envVars": [entry]}])


def from_service(**wanted: object) -> dict[str, object]:
    return {"fromService": {"type": "web", "name": WEB, **wanted}}


# Every rule with files that break it and that Render's schema has nothing against.
BREACHES: list[tuple[str, Mutation]] = [
    ("key_value_has_todays_name", setting(KEY_VALUE, type="redis")),
    ("every_plan_is_named", without(WEB, "plan")),
    ("every_plan_is_named", without(KEY_VALUE, "plan")),
    ("every_plan_is_named", without(DATABASE, "plan")),
    ("every_plan_is_on_sale", setting(DATABASE, plan="starter")),
    ("every_plan_is_on_sale", setting(DATABASE, plan="standard")),
    ("every_plan_is_on_sale", setting(IMPORTS, plan="free")),
    ("what_is_free_asks_for_nothing_that_is_paid", setting(WEB, plan="free")),
    ("what_is_free_asks_for_nothing_that_is_paid", setting(KEY_VALUE, plan="free")),
    ("what_is_free_asks_for_nothing_that_is_paid", setting(DATABASE, plan="free")),
    ("nothing_is_evicted", without(KEY_VALUE, "maxmemoryPolicy")),
    ("nothing_is_evicted", setting(KEY_VALUE, maxmemoryPolicy="allkeys-lru")),
    ("what_is_paid_for_keeps_its_jobs", without(KEY_VALUE, "persistenceMode")),
    ("what_is_paid_for_keeps_its_jobs", setting(KEY_VALUE, persistenceMode="off")),
    ("data_are_closed_to_the_internet", without(DATABASE, "ipAllowList")),
    ("data_are_closed_to_the_internet", setting(KEY_VALUE, ipAllowList=[{"source": "0.0.0.0/0"}])),
    ("one_service_faces_the_internet", twice(WEB, name="second")),
    ("the_database_is_postgresql_18", without(DATABASE, "postgresMajorVersion")),
    ("the_database_is_postgresql_18", setting(DATABASE, postgresMajorVersion="17")),
    ("disks_have_a_size_that_is_sold", setting(DATABASE, diskSizeGB=12)),
    ("names_are_unique", twice(IMPORTS)),
    ("everything_is_in_one_region", setting(IMPORTS, region="frankfurt")),
    (
        "references_lead_somewhere",
        variable(
            WEB, "DATABASE_URL", fromDatabase={"name": "other", "property": "connectionString"}
        ),
    ),
    (
        "references_lead_somewhere",
        variable(IMPORTS, "SECRET_KEY", **from_service(name="other", envVarKey="SECRET_KEY")),
    ),
    (
        "references_lead_somewhere",
        variable(IMPORTS, "SECRET_KEY", **from_service(type="worker", envVarKey="SECRET_KEY")),
    ),
    (
        "references_lead_somewhere",
        variable(IMPORTS, "SECRET_KEY", **from_service(envVarKey="SECRET")),
    ),
    ("references_lead_somewhere", variable(IMPORTS, "SECRET_KEY", **from_service())),
    ("groups_hold_plain_values", group(key="ADMIN_PASSWORD", sync=False)),
    ("migrations_run_once", without(WEB, "preDeployCommand")),
    ("migrations_run_once", setting(IMPORTS, preDeployCommand="sh deploy/start.sh migrate")),
    ("render_is_answered_where_it_asks", variable(WEB, "HOST")),
    ("render_is_answered_where_it_asks", variable(WEB, "HOST", value="127.0.0.1")),
    ("render_is_answered_where_it_asks", variable(WEB, "PORT", value=8000)),
    ("render_is_answered_where_it_asks", without(WEB, "healthCheckPath")),
    ("render_is_answered_where_it_asks", setting(WEB, healthCheckPath="/readyz")),
    ("proxies_are_counted", variable(WEB, "PROXY_HOPS")),
    ("proxies_are_counted", variable(WEB, "PROXY_HOPS", value=1)),
    ("requests_end_before_the_kill", setting(WEB, maxShutdownDelaySeconds=25)),
    ("every_process_has_what_it_needs", variable(IMPORTS, "REDIS_URL")),
    ("every_process_has_what_it_needs", variable(WEB, "ADMIN_PASSWORD")),
    ("secrets_are_made_and_not_written_down", variable(WEB, "ADMIN_PASSWORD", value="secret")),
    ("the_secret_key_is_one", variable(IMPORTS, "SECRET_KEY", generateValue=True)),
]

# What the schema itself refuses; were it to stop, these would have to become rules.
REFUSED: list[Mutation] = [
    setting(WEB, env="python"),
    setting(DATABASE, postgresMajorVersion=18),
    setting(WEB, autoDeployTrigger=False),  # which is how YAML reads a bare off
    setting(WEB, maxShutdownDelaySeconds=301),
    setting(WEB, plan="hobby"),
    without(KEY_VALUE, "ipAllowList"),
    without(WEB, "runtime"),
    variable(IMPORTS, "SECRET_KEY", fromService={"name": WEB, "envVarKey": "SECRET_KEY"}),
    group(key="REDIS_URL", **from_service(property="connectionString")),
]


@pytest.mark.parametrize("blueprint", [PAID, FREE], ids=["paid", "free"])
def test_the_blueprint_satisfies_renders_schema_and_every_rule(blueprint: Blueprint) -> None:
    assert [error.message for error in SCHEMA.iter_errors(blueprint)] == []
    assert broken_rules(blueprint) == []


@pytest.mark.parametrize(("name", "mutate"), BREACHES)
def test_a_breach_that_the_schema_lets_through_is_found(name: str, mutate: Mutation) -> None:
    blueprint = deepcopy(PAID)
    mutate(blueprint)
    assert [error.message for error in SCHEMA.iter_errors(blueprint)] == []
    assert name in broken_rules(blueprint)


def test_every_rule_has_a_file_that_breaks_it() -> None:
    assert {name for name, _ in BREACHES} == set(RULES)


@pytest.mark.parametrize("mutate", REFUSED)
def test_the_schema_refuses_the_rest(mutate: Mutation) -> None:
    blueprint = deepcopy(PAID)
    mutate(blueprint)
    assert not SCHEMA.is_valid(blueprint)


def test_the_free_one_costs_nothing() -> None:
    plans = [entry["plan"] for entry in (*FREE["services"], *FREE["databases"])]
    assert set(plans) == {"free"}


def test_the_two_can_stand_side_by_side() -> None:
    names = [entry["name"] for b in (PAID, FREE) for entry in (*b["services"], *b["databases"])]
    assert len(names) == len(set(names))


def test_the_health_check_asks_for_no_credentials(app: Flask) -> None:
    for blueprint, name in ((PAID, WEB), (FREE, "product-importer-free")):
        path = resource(blueprint, name)["healthCheckPath"]
        assert app.test_client().get(path).status_code == 200


@pytest.mark.parametrize("blueprint", [PAID, FREE], ids=["paid", "free"])
def test_the_settings_are_accepted_and_may_be_reached_from_elsewhere(blueprint: Blueprint) -> None:
    [web] = webs(blueprint)
    given = {key: str(entry.get("value", "made")) for key, entry in variables(web).items()}
    config = Config.from_env({**given, "DATABASE_URL": "postgres://d/d", "REDIS_URL": "redis://r"})
    config.require_safe_exposure()
    assert not config.is_loopback
