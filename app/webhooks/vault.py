"""How a webhook's secret is written to the database and read from it: here and nowhere else.

It has to be read back, because it signs; a hash would not do. It is encrypted by AES-256-GCM
with a key derived from SECRET_KEY (HKDF-SHA256, RFC 5869) and bound to its webhook: in another
row it cannot be opened. What is stored is `v1.` and the key's name, which tells without trying
which key opens it, `.` and base64 of nonce, ciphertext and tag. A former version stored secrets
as they are, which is read as well, until housekeeping has sealed them (resealing.py).
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.webhooks.errors import NoSecretKey, SecretLost
from app.webhooks.signing import PREFIX

VERSION = "v1"
# No other use of SECRET_KEY derives the same key.
LABEL = b"product-importer webhook secrets v1"
KEY_BYTES, NAME_BYTES, NONCE_BYTES = 32, 4, 12


@dataclass(frozen=True)
class _Key:
    """A key that was derived; `prefix` begins all that it has sealed."""

    prefix: str
    cipher: AESGCM = field(repr=False)


class Vault:
    """Seals with the newest of the server's secret keys, opens with any of them."""

    def __init__(self, secret_keys: Iterable[str]) -> None:
        """`secret_keys` are SECRET_KEY and its fallbacks, newest first."""
        self._keys = tuple(_derive(secret_key) for secret_key in secret_keys)

    @property
    def has_key(self) -> bool:
        """Whether anything can be sealed."""
        return bool(self._keys)

    @property
    def stale_prefixes(self) -> tuple[str, ...]:
        """How a stored secret begins that can be opened, and should be sealed anew."""
        return (PREFIX, *(key.prefix for key in self._keys[1:])) if self.has_key else ()

    def seal(self, secret: str, webhook_id: str) -> str:
        """What is stored for `secret`; another text each time. Raises NoSecretKey."""
        if not self.has_key:
            raise NoSecretKey
        key, nonce = self._keys[0], os.urandom(NONCE_BYTES)
        sealed = nonce + key.cipher.encrypt(nonce, secret.encode(), webhook_id.encode())
        return key.prefix + base64.b64encode(sealed).decode()

    def unseal(self, stored: str, webhook_id: str) -> str:
        """The secret that `seal` has stored; raises SecretLost if no key opens it."""
        if stored.startswith(PREFIX):
            return stored
        for key in self._keys:
            if stored.startswith(key.prefix):
                return _open(key, stored, webhook_id)
        raise SecretLost

    def unseal_keys(self, stored: Sequence[str], webhook_id: str) -> tuple[str, ...]:
        """The secrets that sign, newest first; raises SecretLost if the newest is lost.

        An older one that is lost is left out: it was replaced because it was, perhaps.
        """
        newest = self.unseal(stored[0], webhook_id)
        older = []
        for text in stored[1:]:
            with suppress(SecretLost):
                older.append(self.unseal(text, webhook_id))
        return newest, *older


def _derive(secret_key: str) -> _Key:
    length = KEY_BYTES + NAME_BYTES
    # No salt: the same key has to come out in every process.
    derived = HKDF(SHA256(), length, salt=None, info=LABEL).derive(secret_key.encode())
    name = derived[KEY_BYTES:].hex()
    return _Key(f"{VERSION}.{name}.", AESGCM(derived[:KEY_BYTES]))


def _open(key: _Key, stored: str, webhook_id: str) -> str:
    try:
        sealed = base64.b64decode(stored.removeprefix(key.prefix), validate=True)
        nonce, text = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        return key.cipher.decrypt(nonce, text, webhook_id.encode()).decode()
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise SecretLost from error
