"""How often a password may be guessed: counted in Redis, for an address and for the account.

The first few attempts are free; after each further one the next has to wait twice as long.
An attempt is counted before its password is looked at, so that a thousand at the same time
are a thousand; the right password takes its own back. While one has to wait, not even the
right password is looked at, and asking does not prolong the wait.

Guesses from many addresses are held up by the account's count. It must not lock out the
administrator as well, so it does not concern an address from which somebody has logged in.
Of an IPv6 address the network of 64 bits counts, for whoever has one has them all.
"""

from __future__ import annotations

from dataclasses import dataclass

import redis

from app.limits import network_of

REMEMBERED_SECONDS = 24 * 60 * 60
KNOWN_SECONDS = 30 * 24 * 60 * 60
NOTED_EVERY_SECONDS = 60
ACCOUNT = "login:account"

# Answers the milliseconds to wait; counts the attempt only if there are none. For each key
# follow the number of free attempts and the longest wait in milliseconds.
_RESERVE = """
local longest = 0
for _, key in ipairs(KEYS) do
  longest = math.max(longest, redis.call('PTTL', key .. ':wait'))
end
if longest > 0 then
  return longest
end
for index, key in ipairs(KEYS) do
  local count = redis.call('INCR', key .. ':count')
  redis.call('EXPIRE', key .. ':count', ARGV[1])
  local beyond = count - tonumber(ARGV[2 * index])
  if beyond >= 0 then
    local wait = math.min(1000 * 2 ^ math.min(beyond, 30), tonumber(ARGV[2 * index + 1]))
    redis.call('SET', key .. ':wait', 1, 'PX', wait)
  end
end
return 0
"""


@dataclass(frozen=True)
class Pace:
    """So many attempts are free; then waits double from a second to `longest_ms`."""

    free: int
    longest_ms: int


OF_ADDRESS = Pace(free=5, longest_ms=15 * 60 * 1000)
# Every guess that is let through costs the attacker another address or a minute.
OF_ACCOUNT = Pace(free=50, longest_ms=60 * 1000)


def reserve_attempt(client: redis.Redis, address: str) -> int:
    """Count an attempt from `address`: 0, or for how many seconds none is allowed yet.

    Raises RedisError.
    """
    own = _key_of(address)
    paces = {own: OF_ADDRESS}
    if not client.exists(f"{own}:known"):
        paces[ACCOUNT] = OF_ACCOUNT
    numbers = [number for pace in paces.values() for number in (pace.free, pace.longest_ms)]
    milliseconds = client.register_script(_RESERVE)(
        keys=list(paces), args=[REMEMBERED_SECONDS, *numbers]
    )
    return -(-int(milliseconds) // 1000)


def forgive(client: redis.Redis, address: str) -> None:
    """The password was right: what was counted for the address is forgotten. Raises RedisError."""
    own = _key_of(address)
    with client.pipeline() as pipeline:
        pipeline.delete(f"{own}:count", f"{own}:wait")
        pipeline.set(f"{own}:known", 1, ex=KNOWN_SECONDS)
        pipeline.execute()


def is_to_be_noted(client: redis.Redis, address: str) -> bool:
    """Whether a failure from `address` was not written down in the last minute; from now it was.

    Raises RedisError.
    """
    noted = client.set(f"{_key_of(address)}:noted", 1, ex=NOTED_EVERY_SECONDS, nx=True)
    return bool(noted)


def _key_of(address: str) -> str:
    return f"login:{network_of(address)}"
