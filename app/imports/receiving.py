"""An uploaded file out of a request: multipart with a part `file`, or a raw body.

The body is spooled to a temporary file, never held in memory whole; a broken
upload leaves nothing behind, and the database transaction that stores a whole
one is short.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

import marshmallow as ma
from flask import Request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from app.api import current_actor
from app.imports.errors import BrokenArchive, UploadRefused, UploadTooLarge
from app.imports.options import (
    DELIMITER,
    ENCODING,
    HEADER_ROW,
    KEEP,
    LEAVE_OUT,
    MAPPING,
    PREVIEW,
    UploadOptions,
)
from app.imports.reader import replace_unprintable
from app.imports.status import OnReject
from app.imports.storage import NewImport
from app.imports.unpacking import MAGIC, unpack
from app.products.upsert import Mode

SPOOL_BYTES = 1024 * 1024
FORM_BYTES = 1024 * 1024
DRAIN_BYTES = 16 * 1024 * 1024
DRAIN_SECONDS = 2
RAW_TYPES = frozenset(
    {
        "text/csv",
        "text/plain",
        "text/tab-separated-values",
        "application/csv",
        "application/gzip",
        "application/x-gzip",
        "application/octet-stream",
        "application/vnd.ms-excel",
    }
)
UPLOAD_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "additionalProperties": False,
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "filename": {"type": "string", "maxLength": 255},
                    "preview": PREVIEW,
                    "mode": {"enum": list(Mode), "default": Mode.UPSERT},
                    "on_reject": {"enum": list(OnReject), "default": OnReject.SKIP},
                    "mapping": MAPPING,
                    "delimiter": DELIMITER,
                    "encoding": ENCODING,
                    "decimal": {"enum": [".", ","]},
                    "header_row": HEADER_ROW,
                    "leave_out": LEAVE_OUT,
                    "keep": KEEP,
                },
            },
            "encoding": {
                name: {"contentType": "application/json"}
                for name in ("mapping", "leave_out", "keep")
            },
        },
        **{media_type: {} for media_type in sorted(RAW_TYPES)},
    },
}
NO_FILE = "Send the file as the part “file” of a multipart form, or as a body of type text/csv."
WISHES = ("mapping", "delimiter", "encoding", "decimal", "header_row", "leave_out", "keep")


@dataclass(frozen=True)
class Upload:
    """A whole file and what its uploader asks for."""

    new: NewImport
    content: IO[bytes]


@contextmanager
def receive_upload(request: Request, query: Mapping[str, Any], limit: int) -> Iterator[Upload]:
    """Read the request's body to its end; the spooled file is gone afterwards.

    Raises UploadRefused, UploadTooLarge, marshmallow's ValidationError (the
    form's fields), UnsupportedMediaType.
    """
    request.max_content_length = limit + FORM_BYTES
    with ExitStack() as stack:
        stack.callback(request.close)
        name, content, fields = _read(request, query, limit)
        stack.enter_context(content)
        yield _checked(name, content, {**query, **fields}, limit)


def _read(
    request: Request, query: Mapping[str, Any], limit: int
) -> tuple[str, IO[bytes], Mapping[str, Any]]:
    try:
        return (
            _from_form(request)
            if request.mimetype == "multipart/form-data"
            else _from_body(request, query)
        )
    except RequestEntityTooLarge as error:
        _drain(request)
        if request.content_length is not None and request.content_length <= limit:
            raise  # not the file is too large: the form's other parts are
        raise UploadTooLarge(limit) from error


def _checked(name: str, content: IO[bytes], options: Mapping[str, Any], limit: int) -> Upload:
    size = content.seek(0, 2)
    content.seek(0)
    if size > limit:
        raise UploadTooLarge(limit)
    if size == 0:
        raise UploadRefused("The file is empty.", pointer="/file")
    _check_unpacked(content, limit)
    return Upload(_describe(name, size, options), content)


def _check_unpacked(content: IO[bytes], limit: int) -> None:
    """Refuse an archive that expands beyond `limit`, as soon as it does; the file is rewound."""
    size = 0
    if content.read(len(MAGIC)) == MAGIC:
        content.seek(0)
        try:
            for block in unpack(iter(partial(content.read, SPOOL_BYTES), b"")):
                size += len(block)
                if size > limit:
                    raise UploadTooLarge(limit)
        except BrokenArchive as error:
            raise UploadRefused(error.detail, pointer="/file") from error
    content.seek(0)


def _from_form(request: Request) -> tuple[str, IO[bytes], Mapping[str, Any]]:
    form, files = request.form, request.files
    repeated = [name for name, values in form.lists() if len(values) > 1]
    if repeated:
        raise ma.ValidationError({name: ["This is given more than once."] for name in repeated})
    fields: Mapping[str, Any] = UploadOptions().load(form.to_dict(), unknown=ma.RAISE)
    part = files.get("file")
    if part is None or len(files) != 1 or len(files.getlist("file")) != 1:
        raise UploadRefused(NO_FILE, pointer="/file")
    return part.filename or "", part.stream, fields


def _from_body(
    request: Request, query: Mapping[str, Any]
) -> tuple[str, IO[bytes], Mapping[str, Any]]:
    if not request.mimetype and not request.content_length:
        raise UploadRefused(NO_FILE, pointer="/file")
    if request.mimetype not in RAW_TYPES:
        raise UnsupportedMediaType
    content = tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115 - closed by the caller
    try:
        shutil.copyfileobj(request.stream, content, SPOOL_BYTES)
        # A client that goes away in the middle looks like the end of the body.
        if request.content_length is not None and content.tell() != request.content_length:
            raise BadRequest
    except BaseException:
        content.close()
        raise
    return query.get("filename", ""), content, {}


def _drain(request: Request) -> None:
    """Read a little of what the client still sends, so that it gets to read the answer."""
    stream, socket = request.environ["wsgi.input"], request.environ.get("gunicorn.socket")
    if socket is not None:
        socket.settimeout(DRAIN_SECONDS)
    try:
        for _ in range(DRAIN_BYTES // SPOOL_BYTES):
            if not stream.read(SPOOL_BYTES):
                return
    except OSError:
        return  # it sends no more: then it waits for the answer already


def _describe(name: str, size: int, options: Mapping[str, Any]) -> NewImport:
    name = options.get("filename") or name
    base = name.replace("\\", "/").rpartition("/")[2]
    return NewImport(
        actor=current_actor(),
        filename=replace_unprintable("\N{REPLACEMENT CHARACTER}", base)[:255] or "upload.csv",
        size_bytes=size,
        preview=options.get("preview", False),
        mode=options.get("mode", Mode.UPSERT),
        on_reject=options.get("on_reject", OnReject.SKIP),
        wishes={key: options[key] for key in WISHES if options.get(key) is not None},
    )
