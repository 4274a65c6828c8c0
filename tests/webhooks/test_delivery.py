"""One attempt against servers that behave, and against those that do not."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.webhooks import channels
from app.webhooks.delivery import EXCERPT_BYTES, Answer, Message, Request, send
from app.webhooks.egress import Guard
from app.webhooks.signing import generate_secret
from tests.waiting import PATIENCE
from tests.webhooks.conftest import LOOPBACK
from tests.webhooks.receiver import Receiver, Reply

Talk = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def raw_server(talk: Talk) -> Iterator[str]:
    """A server that says what `talk` sends to each connection; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=converse, args=(connection,), daemon=True).start()

        def converse(connection: socket.socket) -> None:
            with connection:
                try:
                    read_request(connection)
                    talk(connection)
                except OSError:
                    pass

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        listener.shutdown(socket.SHUT_RDWR)


def read_request(connection: socket.socket) -> None:
    """All of it: whoever closes with something unread resets the connection."""
    request = b""
    while not request.endswith(b"{}") and (block := connection.recv(65536)):
        request += block


def drip(start: bytes, byte: bytes) -> Talk:
    """`start` at once, then a byte every 20 ms for ever."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(byte)
            time.sleep(0.02)

    return talk


def post(url: str, seconds: float = PATIENCE, guard: Guard = LOOPBACK) -> Answer:
    return send(guard, Request(url, {"X-Test": "1"}, b"{}"), seconds)


def test_the_request_is_what_the_contract_says(receiver: Receiver) -> None:
    secret = generate_secret()
    message = Message(
        url=f"{receiver.url}/a?b=c%20d",
        event_id="0198",
        event_type="product.created",
        body='{"type":"product.created","data":"é"}',
        keys=(secret,),
    )
    now = int(time.time())
    answer = send(LOOPBACK, message.make_request(now))
    assert answer.is_success
    [received] = receiver.received
    assert received.path == "/hooks/a?b=c%20d"
    assert received.body == '{"type":"product.created","data":"é"}'.encode()
    assert received.headers["webhook-id"] == "0198"
    assert received.headers["webhook-timestamp"] == str(now)
    assert received.headers["x-webhook-event"] == "product.created"
    assert received.headers["content-type"] == "application/json"
    assert received.headers["user-agent"].startswith("Product-Importer")
    received.verify(secret)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_is_success(receiver: Receiver, status: int) -> None:
    receiver.reply = lambda _: Reply(status, b"" if status == 204 else b"ok")
    assert post(receiver.url).is_success


@pytest.mark.parametrize("status", [300, 304, 400, 401, 404, 410, 418, 429, 500, 503, 599])
def test_any_other_status_is_none(receiver: Receiver, status: int) -> None:
    receiver.reply = lambda _: Reply(status, b"" if status == 304 else b"no")
    answer = post(receiver.url)
    assert not answer.is_success
    assert (answer.status_code, answer.error) == (status, None)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(receiver: Receiver, status: int) -> None:
    receiver.reply = lambda _: Reply(status, headers={"Location": f"{receiver.url}/elsewhere"})
    answer = post(receiver.url)
    assert not answer.is_success
    assert [received.path for received in receiver.received] == ["/hooks"]
    assert answer.error is not None
    assert answer.error.startswith("Redirects are not followed.")
    assert f"leads to {receiver.url}/elsewhere " in answer.error


@pytest.mark.parametrize(
    ("header", "shown"),
    [(b"", "does not say where"), (b"Location: /\x00\x1b[1m\xff\r\n", "to /\ufffd\ufffd[1mÿ ")],
)
def test_where_a_redirect_leads_can_always_be_shown(header: bytes, shown: str) -> None:
    reply = b"HTTP/1.1 302 Found\r\n" + header + b"Content-Length: 0\r\n\r\n"
    with raw_server(lambda connection: connection.sendall(reply)) as url:
        answer = post(url)
    assert answer.status_code == 302
    assert shown in str(answer.error)


@pytest.mark.parametrize(
    ("interim", "status"),
    [
        ([102], 200),
        ([103, 100, 103], 204),
        ([103], 500),
        ([100] * 3 + [199] * 10, 200),
        ([101], 101),
        ([103] * 50, None),
    ],
    ids=str,
)
def test_interim_answers_are_passed_over_until_the_final_one(
    interim: list[int], status: int | None
) -> None:
    said = b"".join(b"HTTP/1.1 %d X\r\nLink: </a>\r\n\r\n" % code for code in interim)
    final = b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % (status or 200)
    with raw_server(lambda connection: connection.sendall(said + final)) as url:
        answer = post(url)
    assert answer.status_code == status
    assert (answer.error is None) == (status is not None)


@pytest.mark.parametrize(
    "talk",
    [
        lambda _: time.sleep(10),
        drip(b"", b"H"),
        drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 3, b"H"),
        drip(OK, b"X"),
        drip(OK + b"Content-Length: 10000\r\n\r\n", b"x"),
        drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        drip(OK + b"\r\n", b"x"),
    ],
    ids=["nothing", "status", "continue", "headers", "body", "chunks", "endless"],
)
def test_all_of_it_has_to_be_over_in_time_by_the_wall_clock(talk: Talk) -> None:
    with raw_server(talk) as url:
        answer = post(url, seconds=0.4)
    assert not answer.is_success
    assert answer.error == "There was no complete answer within 0.4 seconds."
    assert answer.latency_ms >= 390


def test_a_success_that_does_not_end_in_time_shows_what_came() -> None:
    with raw_server(drip(OK + b"\r\nhello..", b".")) as url:
        answer = post(url, seconds=1)
    assert answer.status_code == 200
    assert answer.excerpt.startswith("hello..")


def test_no_more_than_20_kb_of_an_answer_are_read(receiver: Receiver) -> None:
    receiver.reply = lambda _: Reply(200, b"x" * 5_000_000)
    answer = post(receiver.url)
    assert answer.is_success
    assert answer.excerpt == "x" * EXCERPT_BYTES


def test_a_compressed_answer_is_not_unpacked(receiver: Receiver) -> None:
    bomb = gzip.compress(b"0" * 10_000_000)
    receiver.reply = lambda _: Reply(200, bomb, {"Content-Encoding": "gzip"})
    answer = post(receiver.url)
    assert answer.is_success
    assert len(answer.excerpt) <= len(bomb)


def test_an_answer_of_any_bytes_can_be_stored(receiver: Receiver) -> None:
    receiver.reply = lambda _: Reply(200, b"a\x00b\xff\xfe\xed\xa0\x80")
    excerpt = post(receiver.url).excerpt
    assert excerpt.startswith("a\ufffdb")
    excerpt.encode()


@pytest.mark.parametrize(
    ("answered", "error"),
    [
        (b"", "The connection was closed before there was an answer."),
        (b"SSH-2.0-OpenSSH\r\n", "What came back is not a complete answer in HTTP."),
        (b"HTTP/1.1 banana\r\n\r\n", "What came back is not a complete answer in HTTP."),
        (OK + b"X: y\r\n" * 200, "What came back is not a complete answer in HTTP."),
        (OK + b"X: " + b"y" * 70_000, "What came back is not a complete answer in HTTP."),
        (
            OK + b"Content-Length: 9\r\n\r\nhalf",
            "What came back is not a complete answer in HTTP.",
        ),
        (
            OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            "What came back is not a complete answer in HTTP.",
        ),
    ],
)
def test_an_answer_that_is_none_is_a_failure_with_a_reason(answered: bytes, error: str) -> None:
    with raw_server(lambda connection: connection.sendall(answered)) as url:
        answer = post(url)
    assert answer.error == error


def test_a_port_where_nobody_listens_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert post(f"http://127.0.0.1:{port}/").error == "The connection was refused."


def test_a_name_that_is_not_known_is_a_failure() -> None:
    answer = post("http://nobody.invalid/", guard=Guard(resolve=_unknown))
    assert answer.error == "The host's name could not be resolved."


def _unknown(host: str, seconds: float) -> list[str]:
    raise socket.gaierror(host)


def test_a_name_that_has_moved_inside_is_refused_at_the_attempt(receiver: Receiver) -> None:
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    guard = Guard(resolve=lambda host, seconds: next(answers))
    url = receiver.url.replace("127.0.0.1", "rebound.example.com")
    guard.check_url(url)
    answer = post(url, guard=guard)
    assert "private or reserved" in (answer.error or "")
    assert receiver.received == []


def test_a_name_is_asked_for_once_and_connected_to_by_its_address(receiver: Receiver) -> None:
    asked: list[str] = []

    def resolve(host: str, seconds: float) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    guard = Guard(LOOPBACK.allowed, resolve)
    url = receiver.url.replace("127.0.0.1", "hooks.example.com")
    assert post(url, guard=guard).is_success
    assert asked == ["hooks.example.com"]
    assert receiver.received[0].headers["host"] == url.split("/")[2]


def test_what_was_reached_is_checked_and_not_only_what_was_asked_for(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(receiver.url.split(":")[2].split("/")[0])

    def connect(channel: socket.socket, _: object) -> None:
        channel.connect(("127.0.0.1", port))

    monkeypatch.setattr(channels, "_connect", connect)
    answer = post("http://93.184.215.14/", guard=Guard())
    assert "private or reserved" in (answer.error or "")
    assert receiver.received == []


def test_the_next_address_is_tried_when_the_first_is_dead(receiver: Receiver) -> None:
    loopback = [ipaddress.ip_network("127.0.0.0/8")]
    guard = Guard(loopback, lambda host, seconds: ["127.9.9.9", "127.0.0.1"])
    assert post(receiver.url.replace("127.0.0.1", "two.example.com"), guard=guard).is_success


def test_proxies_of_the_environment_are_not_asked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Receiver() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert post(receiver.url).is_success
        assert proxy.received == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for hooks.example.com that nobody has signed."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=hooks.example.com", "-addext", "subjectAltName=DNS:hooks.example.com",
         "-keyout", path, "-out", path.with_suffix(".crt")],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


@contextmanager
def tls_server(certificate: Path, talk: Talk) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def converse(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as channel:
            read_request(channel)
            talk(channel)

    # The plain server must not take the handshake for the request.
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                    converse(connection)
                except ssl.SSLError:
                    continue
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield f"https://hooks.example.com:{listener.getsockname()[1]}/"
        listener.shutdown(socket.SHUT_RDWR)


HERE = Guard(LOOPBACK.allowed, lambda host, seconds: ["127.0.0.1"])


@pytest.fixture
def trusted(certificate: Path) -> Iterator[None]:
    """The certificate's issuer is trusted."""
    channels.tls_context.cache_clear()
    channels.tls_context().load_verify_locations(certificate.with_suffix(".crt"))
    yield
    channels.tls_context.cache_clear()


def test_a_certificate_that_nobody_signed_is_not_accepted(certificate: Path) -> None:
    with tls_server(certificate, lambda channel: channel.sendall(OK + b"\r\n")) as url:
        answer = post(url, guard=HERE)
    assert answer.error == "The certificate was not accepted."


@pytest.mark.usefixtures("trusted")
def test_the_certificate_is_that_of_the_name_and_not_of_the_address(certificate: Path) -> None:
    talk: Talk = lambda channel: channel.sendall(OK + b"Content-Length: 2\r\n\r\nok")  # noqa: E731
    with tls_server(certificate, talk) as url:
        assert post(url, guard=HERE).is_success
        other = post(url.replace("hooks.", "other."), guard=HERE)
    assert other.error == "The certificate was not accepted."


@pytest.mark.usefixtures("trusted")
def test_an_encrypted_drip_ends_in_time_as_well(certificate: Path) -> None:
    with tls_server(certificate, drip(OK + b"\r\n", b"x")) as url:
        answer = post(url, seconds=0.5, guard=HERE)
    assert not answer.is_success


def test_a_handshake_that_does_not_end_is_broken_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        answer = post(url.replace("http:", "https:"), seconds=0.4)
    assert not answer.is_success
