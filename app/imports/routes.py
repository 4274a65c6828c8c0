"""The imports' addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote
from uuid import UUID

import marshmallow as ma
import sqlalchemy as sa
from flask import Response, current_app, request, stream_with_context, url_for

from app.access import Access, requires
from app.api import ApiBlueprint, current_caller
from app.audit.entries import Action, record_entry
from app.config import Config
from app.errors import DomainError
from app.extensions import db, redis_extension
from app.imports import findings, storage, stuck
from app.imports.announcing import announce_end
from app.imports.errors import (
    FileNotKept,
    ImportNotFound,
    Reject,
    UploadRefused,
    UploadTooLarge,
    WrongStatus,
)
from app.imports.options import StartOptions, UploadOptions
from app.imports.order import with_awaited, with_place
from app.imports.progress import load_report
from app.imports.queueing import enqueue_import
from app.imports.receiving import UPLOAD_BODY, receive_upload
from app.imports.rejects_file import write_rejects
from app.imports.schemas import (
    DuplicatePage,
    ImportPage,
    ImportSchema,
    PreviewSchema,
    RejectKindSchema,
    RejectPage,
)
from app.imports.status import AT_WORK
from app.imports.storage import Import
from app.imports.uploads import has_upload, read_upload
from app.openapi import ATTACHMENT, CSV_TEXT, LOCATION
from app.pagination import Page, PageArguments, PageRequest
from app.problems import INVALID_INPUT, ProblemType, invalid_input
from app.webhooks import jobs as webhook_jobs

PROBLEM_TYPES: dict[type[DomainError], ProblemType] = {
    ImportNotFound: ProblemType("not-found", 404, "There is no such import"),
    FileNotKept: ProblemType("file-not-kept", 404, "The file is no longer kept"),
    WrongStatus: ProblemType("wrong-status", 409, "The import is not in a state for this"),
    UploadRefused: INVALID_INPUT,
    UploadTooLarge: ProblemType("upload-too-large", 413, "The file is too large"),
}
Started = tuple[Import, int, dict[str, str]]

blueprint = ApiBlueprint(
    "imports", __name__, description="CSV files into the catalog", problem_types=PROBLEM_TYPES
)
ITEM = "/imports/<uuid:import_id>"


@blueprint.route("/imports", methods=["POST"])
@blueprint.arguments(UploadOptions, location="query")
@blueprint.doc(requestBody=UPLOAD_BODY)
@blueprint.response(202, ImportSchema, headers=LOCATION)
@blueprint.raises(UploadTooLarge)
@requires(Access.WRITE)
def create_import(query: Mapping[str, Any]) -> Started | Response:
    """Take a file; a worker does the rest."""
    config: Config = current_app.config["PRODUCT_IMPORTER"]
    try:
        with (
            receive_upload(request, query, config.max_upload_bytes) as upload,
            db.engine.begin() as connection,
        ):
            stored = storage.create_import(connection, upload.new, upload.content)
            record_import(
                connection,
                Action.IMPORT_CREATED,
                stored,
                size_bytes=stored.size_bytes,
                preview=stored.preview,
            )
            stored = place(connection, stored)
    except ma.ValidationError as error:
        return invalid_input(dict(error.messages_dict)).as_response()
    enqueue_import(redis_extension.client, stored.id, stored.run)
    return accepted(stored)


@blueprint.route("/imports", methods=["GET"])
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, ImportPage)
@requires(Access.READ)
def list_imports(arguments: Mapping[str, Any]) -> Page[Import]:
    """The imports, newest first."""
    with db.engine.connect() as connection:
        page = storage.list_imports(connection, PageRequest(**arguments))
        items = with_awaited(connection, page.items)
    return replace(page, items=[with_progress(item) for item in items])


@blueprint.route(ITEM, methods=["GET"])
@blueprint.response(200, ImportSchema)
@blueprint.raises(ImportNotFound)
@requires(Access.READ)
def get_import(import_id: UUID) -> Import:
    """One import, with its progress while it is at work."""
    return look_at(str(import_id))


@blueprint.route(f"{ITEM}/preview", methods=["GET"])
@blueprint.response(200, PreviewSchema)
@blueprint.raises(ImportNotFound)
@requires(Access.READ)
def get_preview(import_id: UUID) -> Import:
    """The file's columns with samples, and what its rows would change."""
    with db.engine.connect() as connection:
        return storage.get_import(connection, str(import_id))


@blueprint.route(f"{ITEM}/preview", methods=["POST"])
@blueprint.arguments(StartOptions, required=False)
@blueprint.response(202, ImportSchema, headers=LOCATION)
@blueprint.raises(ImportNotFound, FileNotKept, WrongStatus)
@requires(Access.WRITE)
def check_again(changes: Mapping[str, Any], import_id: UUID) -> Started:
    """Look at the file once more, read in another way."""
    with db.engine.begin() as connection:
        stored = storage.restart_import(connection, str(import_id), changes, preview=True)
    enqueue_import(redis_extension.client, stored.id, stored.run)
    return accepted(stored)


@blueprint.route(f"{ITEM}/start", methods=["POST"])
@blueprint.arguments(StartOptions, required=False)
@blueprint.response(202, ImportSchema, headers=LOCATION)
@blueprint.raises(ImportNotFound, FileNotKept, WrongStatus)
@requires(Access.WRITE)
def start_import(changes: Mapping[str, Any], import_id: UUID) -> Started:
    """Import a file that waits for a mapping or for a person's word."""
    with db.engine.begin() as connection:
        stored = storage.restart_import(connection, str(import_id), changes, preview=False)
        record_import(connection, Action.IMPORT_STARTED, stored)
        stored = place(connection, stored)
    enqueue_import(redis_extension.client, stored.id, stored.run)
    return accepted(stored)


@blueprint.route(f"{ITEM}/cancel", methods=["POST"])
@blueprint.response(202, ImportSchema, headers=LOCATION)
@blueprint.raises(ImportNotFound, WrongStatus)
@requires(Access.WRITE)
def cancel_import(import_id: UUID) -> Started:
    """Stop an import; nothing of it becomes visible."""
    with db.engine.begin() as connection:
        stored = storage.cancel_import(connection, str(import_id))
        announce_end(connection, stored.id)
        record_import(connection, Action.IMPORT_CANCELLED, stored)
    stuck.interrupt_cancelled(stored.id)
    webhook_jobs.wake(redis_extension.brisk)
    return accepted(stored)


@blueprint.route(f"{ITEM}/rejects", methods=["GET"])
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, RejectPage)
@blueprint.raises(ImportNotFound)
@requires(Access.READ)
def list_rejects(arguments: Mapping[str, Any], import_id: UUID) -> Page[Reject]:
    """The rejected rows, by line."""
    with db.engine.connect() as connection:
        return findings.list_rejects(connection, str(import_id), PageRequest(**arguments))


@blueprint.route(f"{ITEM}/rejects/kinds", methods=["GET"])
@blueprint.response(200, RejectKindSchema(many=True))
@blueprint.raises(ImportNotFound)
@requires(Access.READ)
def count_reject_kinds(import_id: UUID) -> list[findings.RejectKind]:
    """How many rows were rejected for which reason."""
    with db.engine.connect() as connection:
        return findings.count_reject_kinds(connection, str(import_id))


@blueprint.route(f"{ITEM}/duplicates", methods=["GET"])
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, DuplicatePage)
@blueprint.raises(ImportNotFound)
@requires(Access.READ)
def list_duplicates(arguments: Mapping[str, Any], import_id: UUID) -> Page[findings.Duplicate]:
    """The rows that a later one with the same SKU replaced, by line."""
    with db.engine.connect() as connection:
        return findings.list_duplicates(connection, str(import_id), PageRequest(**arguments))


@blueprint.route(f"{ITEM}/rejects.csv", methods=["GET"])
@blueprint.response(200, CSV_TEXT, content_type="text/csv", headers=ATTACHMENT)
@blueprint.raises(ImportNotFound)
@requires(Access.READ)
def download_rejects(import_id: UUID) -> Response:
    """The rejected rows as they stood in the file, each with its line and the reason."""
    with db.engine.begin() as connection:
        job = storage.get_import(connection, str(import_id))
        record_download(connection, job, "rejects")
    return download(write_rejects(db.engine, job), f"rejects of {job.filename}.csv")


@blueprint.route(f"{ITEM}/file", methods=["GET"])
@blueprint.response(200, CSV_TEXT, content_type="text/csv", headers=ATTACHMENT)
@blueprint.raises(ImportNotFound, FileNotKept)
@requires(Access.READ)
def download_file(import_id: UUID) -> Response:
    """The file as it was uploaded."""
    with db.engine.begin() as connection:
        job = storage.get_import(connection, str(import_id))
        if not has_upload(connection, job.id):
            raise FileNotKept
        record_download(connection, job, "file")
    return download(_read_file(job.id), job.filename)


def record_import(
    connection: sa.Connection, action: Action, stored: Import, **detail: object
) -> None:
    """Tell the audit log what the caller does to an import."""
    detail = {"import_id": stored.id, **detail}
    record_entry(connection, action, current_caller(), subject=stored.filename, detail=detail)


def record_download(connection: sa.Connection, stored: Import, what: str) -> None:
    """Tell the audit log what of an import is handed out; HEAD hands nothing out."""
    if request.method == "GET":
        record_import(connection, Action.FILE_DOWNLOADED, stored, what=what)


def place(connection: sa.Connection, stored: Import) -> Import:
    """The import, accepted by this transaction, with its place among those that write.

    Comes last in the transaction: until its commit no other import gets a place.
    """
    [placed] = with_awaited(connection, [with_place(connection, stored)])
    return placed


def look_at(import_id: str) -> Import:
    """One import as it is now; raises ImportNotFound."""
    with db.engine.connect() as connection:
        [stored] = with_awaited(connection, [storage.get_import(connection, import_id)])
    return with_progress(stored)


def accepted(stored: Import) -> Started:
    """The answer 202: the import, and where to ask how it goes."""
    location = url_for("imports.get_import", import_id=stored.id)
    return stored, 202, {"Location": location}


def with_progress(stored: Import) -> Import:
    """The import with what Redis knows of its progress while it is at work."""
    at_work = stored.status in AT_WORK and stored.started_at is not None
    report = load_report(redis_extension.brisk, stored.id, stored.run) if at_work else None
    if report is None:
        return stored
    counts = replace(stored.counts, rows=report.progress.rows_read)
    return replace(stored, progress=report.progress, counts=counts)


def download(blocks: Iterator[bytes], filename: str) -> Response:
    """A streamed attachment (RFC 6266, the name as RFC 8187 writes it)."""
    response = Response(stream_with_context(blocks), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    return response


def _read_file(import_id: str) -> Iterator[bytes]:
    # Between its blocks no transaction is open: a client may read as slowly as it likes.
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield from read_upload(connection, import_id)
