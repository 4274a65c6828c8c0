"""The products' addresses. Each view opens the one transaction it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Response, request, url_for

from app.access import Access, requires
from app.api import ApiBlueprint, current_actor, current_caller
from app.audit.entries import Action, record_entry
from app.errors import DomainError
from app.extensions import db, redis_extension
from app.openapi import ATTACHMENT, CSV_TEXT, ETAG, LOCATION
from app.pagination import InvalidCursor, Page, PageRequest
from app.problems import INVALID_INPUT, INVALID_JSON, ProblemType
from app.products import edits, listing, queries
from app.products.errors import (
    DuplicateSku,
    ProductNotFound,
    SearchOverloaded,
    VersionMismatch,
)
from app.products.etags import MalformedIfMatch, format_etag, parse_if_match
from app.products.export import stream_csv
from app.products.filters import ProductFilter
from app.products.orders import make_sort
from app.products.queries import Product
from app.products.schemas import (
    FilterFields,
    ProductChange,
    ProductInput,
    ProductListArguments,
    ProductPage,
    ProductSchema,
)
from app.webhooks import jobs as webhook_jobs

PROBLEM_TYPES: dict[type[DomainError], ProblemType] = {
    ProductNotFound: ProblemType("not-found", 404, "There is no such product"),
    DuplicateSku: ProblemType("duplicate-sku", 409, "The SKU is taken"),
    VersionMismatch: ProblemType("version-mismatch", 412, "The product has changed meanwhile"),
    InvalidCursor: INVALID_INPUT,
    MalformedIfMatch: INVALID_JSON,
    SearchOverloaded: ProblemType("search-overloaded", 503, "The search takes too long"),
}
MAX_ID = 2**63 - 1
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "description": "The ETag that the product was read with, or several; if it has another by "
    "now: 412. What is neither * nor a list of entity tags: 400.",
    "schema": {"type": "string", "pattern": r'^(\*|"[0-9]{1,9}"(, "[0-9]{1,9}"){0,9})$'},
}

blueprint = ApiBlueprint(
    "products", __name__, description="The catalog", problem_types=PROBLEM_TYPES
)
ITEM = "/products/<int:product_id>"


@blueprint.route("/products", methods=["GET"])
@blueprint.arguments(ProductListArguments, location="query")
@blueprint.response(200, ProductPage)
@blueprint.raises(SearchOverloaded)
@requires(Access.READ)
def list_products(arguments: dict[str, Any]) -> Page[Product]:
    """The catalog: found, sorted and a page of it.

    Texts are found in any case and Unicode form (NFKC). `sort` by name or SKU is without regard to
    case; a product without a price comes before the cheapest. `total` is exact without a filter;
    with one it is an estimate where counting would take too long.
    """
    wanted = PageRequest(arguments.pop("limit"), arguments.pop("cursor"))
    sort = make_sort(arguments.pop("sort"))
    engine = db.engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        return listing.list_products(connection, ProductFilter(**arguments), sort, wanted)


@blueprint.route("/products/export.csv", methods=["GET"])
@blueprint.arguments(FilterFields, location="query")
@blueprint.response(200, CSV_TEXT, content_type="text/csv", headers=ATTACHMENT)
@requires(Access.READ)
def export_products(arguments: Mapping[str, Any]) -> Response:
    """All products that pass the filter, as a CSV file that can be imported again."""
    if request.method == "GET":  # HEAD hands nothing out
        # As it was asked for: what the arguments were parsed into is not all JSON.
        asked = {"filter": request.args.to_dict()}
        with db.engine.begin() as connection:
            record_entry(connection, Action.EXPORT_MADE, current_caller(), detail=asked)
    content = stream_csv(db.engine, ProductFilter(**arguments))
    response = Response(content, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="products.csv"'
    return response


@blueprint.route("/products", methods=["POST"])
@blueprint.arguments(ProductInput)
@blueprint.response(201, ProductSchema, headers={**LOCATION, **ETAG})
@blueprint.raises(DuplicateSku)
@requires(Access.WRITE)
def create_product(values: Mapping[str, Any]) -> tuple[Product, int, dict[str, str]]:
    """Add one product."""
    with editing() as connection:
        product = edits.create_product(connection, values, current_actor())
    location = url_for("products.get_product", product_id=product.id)
    return product, 201, {"Location": location, "ETag": format_etag(product.version)}


@blueprint.route(ITEM, methods=["GET"])
@blueprint.response(200, ProductSchema, headers=ETAG)
@blueprint.raises(ProductNotFound)
@requires(Access.READ)
def get_product(product_id: int) -> tuple[Product, int, dict[str, str]]:
    """One product."""
    with db.engine.connect() as connection:
        return tagged(queries.get_product(connection, known_id(product_id)))


@blueprint.route(ITEM, methods=["PUT"])
@blueprint.arguments(ProductInput)
@blueprint.response(200, ProductSchema, headers=ETAG)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.raises(ProductNotFound, DuplicateSku, VersionMismatch, MalformedIfMatch)
@requires(Access.WRITE)
def replace_product(
    values: Mapping[str, Any], product_id: int
) -> tuple[Product, int, dict[str, str]]:
    """Replace every field of one product."""
    return _update(product_id, values)


@blueprint.route(ITEM, methods=["PATCH"])
@blueprint.arguments(ProductChange)
@blueprint.response(200, ProductSchema, headers=ETAG)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.raises(ProductNotFound, DuplicateSku, VersionMismatch, MalformedIfMatch)
@requires(Access.WRITE)
def change_product(
    values: Mapping[str, Any], product_id: int
) -> tuple[Product, int, dict[str, str]]:
    """Change the fields given."""
    return _update(product_id, values)


@blueprint.route(ITEM, methods=["DELETE"])
@blueprint.response(204)
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.raises(ProductNotFound, VersionMismatch, MalformedIfMatch)
@requires(Access.WRITE)
def delete_product(product_id: int) -> Response:
    """Delete one product."""
    with editing() as connection:
        edits.delete_product(connection, known_id(product_id), current_actor(), allowed_versions())
    return Response(status=204)


def _update(product_id: int, values: Mapping[str, Any]) -> tuple[Product, int, dict[str, str]]:
    with editing() as connection:
        product = edits.update_product(
            connection, known_id(product_id), values, current_actor(), allowed_versions()
        )
    return tagged(product)


@contextmanager
def editing() -> Iterator[sa.Connection]:
    """A transaction that changes a product; webhooks are told of it after its commit."""
    with db.engine.begin() as connection:
        yield connection
    webhook_jobs.wake(redis_extension.brisk)


def tagged(product: Product) -> tuple[Product, int, dict[str, str]]:
    """The answer 200 with the product's ETag."""
    return product, 200, {"ETag": format_etag(product.version)}


def allowed_versions() -> frozenset[int] | None:
    """The versions that If-Match allows; None for all. Raises MalformedIfMatch."""
    return parse_if_match(request.headers.get("If-Match"))


def known_id(product_id: int) -> int:
    """`product_id`, unless no row can have it; raises ProductNotFound."""
    if product_id > MAX_ID:
        raise ProductNotFound(product_id)
    return product_id
