"""Webhooks' secrets at rest: encrypted, bound to their webhook, opened by former keys as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.housekeeping import Piece, do_due
from app.webhooks.errors import NoSecretKey, SecretLost
from app.webhooks.jobs import current_setup
from app.webhooks.models import webhooks
from app.webhooks.resealing import RESEALING, SecretCounts, count_secrets, reseal_secrets
from app.webhooks.schedule import LOCKED
from app.webhooks.signing import generate_secret
from app.webhooks.vault import Vault
from tests.webhooks.conftest import Days, happen, list_deliveries, see, subscribe
from tests.webhooks.receiver import Receiver

OLD, NEW = "the key of yesterday", "the key of today"
ID, OTHER_ID = "0192e4a0-0000-7000-8000-000000000001", "0192e4a0-0000-7000-8000-000000000002"
SECRET = generate_secret()


def test_what_is_sealed_can_be_opened_and_shows_nothing() -> None:
    vault = Vault([NEW])
    sealed = vault.seal(SECRET, ID)
    assert vault.unseal(sealed, ID) == SECRET
    assert SECRET.removeprefix("whsec_")[:8] not in sealed
    assert NEW not in repr(vault) + repr(vars(vault))


def test_the_same_secret_is_sealed_otherwise_each_time() -> None:
    vault = Vault([NEW])
    assert vault.seal(SECRET, ID) != vault.seal(SECRET, ID)


def test_a_secret_cannot_be_opened_in_another_webhooks_row() -> None:
    vault = Vault([NEW])
    with pytest.raises(SecretLost):
        vault.unseal(vault.seal(SECRET, ID), OTHER_ID)


def test_every_changed_character_is_noticed() -> None:
    vault = Vault([NEW])
    sealed = vault.seal(SECRET, ID)
    for place, character in enumerate(sealed):
        tampered = sealed[:place] + ("A" if character != "A" else "B") + sealed[place + 1 :]
        # The last character before padding holds bits that base64 does not read.
        if place < len(sealed) - 3:
            with pytest.raises(SecretLost):
                vault.unseal(tampered, ID)


@pytest.mark.parametrize("stored", ["", "v1", "v1.00000000.AAAA", "v2.x.y", "plain", "v1..é"])
def test_what_was_never_sealed_is_lost_and_no_crash(stored: str) -> None:
    with pytest.raises(SecretLost):
        Vault([NEW]).unseal(stored, ID)


@pytest.mark.parametrize("rest", ["", "A", "AAAA", "é", "A" * 40])
def test_a_torn_text_under_the_right_key_is_lost_and_no_crash(rest: str) -> None:
    vault = Vault([NEW])
    prefix = vault.seal(SECRET, ID)[: len("v1.00000000.")]
    with pytest.raises(SecretLost):
        vault.unseal(prefix + rest, ID)


def test_a_former_key_opens_and_the_newest_seals() -> None:
    both = Vault([NEW, OLD])
    assert both.unseal(Vault([OLD]).seal(SECRET, ID), ID) == SECRET
    assert Vault([NEW]).unseal(both.seal(SECRET, ID), ID) == SECRET
    with pytest.raises(SecretLost):
        Vault([NEW]).unseal(Vault([OLD]).seal(SECRET, ID), ID)


def test_what_a_former_version_stored_is_read_as_it_is() -> None:
    assert Vault([NEW]).unseal(SECRET, ID) == SECRET


def test_without_a_key_nothing_is_sealed() -> None:
    with pytest.raises(NoSecretKey):
        Vault([]).seal(SECRET, ID)


def test_a_lost_secret_of_before_does_not_keep_the_new_one_from_signing() -> None:
    vault = Vault([NEW])
    sealed = [vault.seal(SECRET, ID), Vault([OLD]).seal(generate_secret(), ID)]
    assert vault.unseal_keys(sealed, ID) == (SECRET,)
    with pytest.raises(SecretLost):
        vault.unseal_keys(sealed[::-1], ID)


def stored_secrets(webhook: Any) -> tuple[str, str | None]:
    """What the database holds: the secret, and the one before."""
    with db.engine.connect() as connection:
        row = connection.execute(
            sa.select(webhooks.c.secret, webhooks.c.previous_secret).where(
                webhooks.c.id == webhook["id"]
            )
        ).one()
    return row.secret, row.previous_secret


def store_secret(webhook: Any, **values: str) -> None:
    """Write them past the vault."""
    with db.engine.begin() as connection:
        statement = sa.update(webhooks).where(webhooks.c.id == webhook["id"])
        connection.execute(statement.values(**values))


@pytest.fixture
def use_keys(open_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Vault]:
    """Give the application other keys."""

    def use(*keys: str) -> Vault:
        vault = Vault(keys)
        monkeypatch.setattr(current_setup(), "vault", vault)
        return vault

    return use


def test_the_database_holds_no_secret_in_the_clear(client: FlaskClient) -> None:
    webhook = subscribe(client, "http://127.0.0.1:1999/")
    rotated = client.post(f"/api/webhooks/{webhook['id']}/rotate-secret").get_json()
    now, before = stored_secrets(webhook)
    vault = current_setup().vault
    assert before is not None
    assert (now[:3], before[:3]) == ("v1.", "v1.")
    assert vault.unseal(now, webhook["id"]) == rotated["secret"]
    assert vault.unseal(before, webhook["id"]) == webhook["secret"]


def test_a_message_is_signed_while_its_secret_still_needs_a_former_key(
    client: FlaskClient, receiver: Receiver, days: Days, use_keys: Callable[..., Vault]
) -> None:
    use_keys(OLD)
    webhook = subscribe(client, receiver.url)
    use_keys(NEW, OLD)
    happen()
    days.deliver()
    [request] = receiver.received
    request.verify(webhook["secret"])


def test_housekeeping_seals_anew_what_a_former_key_or_none_has_sealed(
    client: FlaskClient, use_keys: Callable[..., Vault]
) -> None:
    use_keys(OLD)
    former = subscribe(client, "http://127.0.0.1:1999/")
    clear = subscribe(client, "http://127.0.0.1:1999/")
    store_secret(clear, secret=clear["secret"], previous_secret=SECRET)
    vault = use_keys(NEW, OLD)
    do_due(db.engine, [RESEALING])
    alone = Vault([NEW])
    assert alone.unseal(stored_secrets(former)[0], former["id"]) == former["secret"]
    now, before = stored_secrets(clear)
    assert before is not None
    assert alone.unseal(now, clear["id"]) == clear["secret"]
    assert alone.unseal(before, clear["id"]) == SECRET
    with db.engine.connect() as connection:
        assert count_secrets(connection, vault) == SecretCounts(current=3)


def test_secrets_are_sealed_anew_a_few_at_a_time_by_several_at_once(
    client: FlaskClient, use_keys: Callable[..., Vault]
) -> None:
    use_keys(OLD)
    made = [subscribe(client, "http://127.0.0.1:1999/") for _ in range(3)]
    vault = use_keys(NEW, OLD)
    with db.engine.begin() as one, db.engine.begin() as other:
        assert reseal_secrets(one, vault, limit=2) == Piece(2, has_more=True)
        assert reseal_secrets(other, vault, limit=2) == Piece(1, has_more=False)
    for webhook in made:
        assert Vault([NEW]).unseal(stored_secrets(webhook)[0], webhook["id"]) == webhook["secret"]


def test_what_cannot_be_opened_is_left_as_it_is_and_ends_the_work(
    client: FlaskClient, use_keys: Callable[..., Vault]
) -> None:
    vault = use_keys(NEW, OLD)
    swapped = Vault([OLD]).seal(SECRET, OTHER_ID)
    webhook = subscribe(client, "http://127.0.0.1:1999/")
    store_secret(webhook, secret=swapped)
    with db.engine.begin() as connection:
        assert reseal_secrets(connection, vault, limit=1) == Piece(0, has_more=False)
        assert count_secrets(connection, vault) == SecretCounts(lost=1)
    assert stored_secrets(webhook)[0] == swapped


def test_a_lost_secret_disables_its_webhook_and_says_what_to_do(
    client: FlaskClient, receiver: Receiver, days: Days, use_keys: Callable[..., Vault]
) -> None:
    use_keys(OLD)
    locked = subscribe(client, receiver.url)
    use_keys(NEW)
    well = subscribe(client, receiver.url)
    happen()
    days.deliver()
    assert see(client, locked)["enabled"]  # a key that is being rolled out may come yet
    [delivery] = list_deliveries(client, locked)
    assert delivery["attempts"][0]["error"] == LOCKED
    for _ in range(2):
        days.pass_by(minutes=10)
    assert (see(client, locked)["enabled"], see(client, locked)["disabled_reason"]) == (
        False, LOCKED,
    )  # fmt: skip
    assert [d["status"] for d in list_deliveries(client, locked)] == ["cancelled"]
    assert [d["status"] for d in list_deliveries(client, well)] == ["delivered"]
    assert len(receiver.received) == 1


def test_a_new_secret_brings_a_locked_webhook_back(
    client: FlaskClient, receiver: Receiver, days: Days, use_keys: Callable[..., Vault]
) -> None:
    use_keys(OLD)
    webhook = subscribe(client, receiver.url)
    use_keys(NEW)
    happen()
    for _ in range(3):
        days.pass_by(minutes=10)
    address = f"/api/webhooks/{webhook['id']}"
    rotated = client.post(f"{address}/rotate-secret").get_json()
    client.patch(address, json={"enabled": True})
    client.post(f"{address}/recover", json={"since": webhook["created_at"]})
    Days().deliver()
    [request] = receiver.received
    request.verify(rotated["secret"])


def test_without_a_key_a_webhook_is_refused_and_not_stored_in_the_clear(
    client: FlaskClient, use_keys: Callable[..., Vault]
) -> None:
    use_keys()
    answer = client.post("/api/webhooks", json={"url": "http://127.0.0.1:1999/"})
    assert (answer.status_code, answer.get_json()["type"]) == (503, "/problems/unavailable")
    assert client.get("/api/webhooks").get_json()["items"] == []


def test_the_command_seals_anew_and_says_when_the_old_key_can_go(
    client: FlaskClient, open_app: Flask, use_keys: Callable[..., Vault]
) -> None:
    use_keys(OLD)
    subscribe(client, "http://127.0.0.1:1999/")
    use_keys(NEW, OLD)
    said = open_app.test_cli_runner().invoke(args=["reseal-secrets"]).output
    assert said == (
        "1 secrets are sealed with SECRET_KEY.\nNo secret needs SECRET_KEY_FALLBACKS.\n"
    )
