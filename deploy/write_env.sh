#!/bin/sh
# Writes .env for docker compose, with secrets of its own making; never over one that is there.
set -eu
cd "$(dirname "$0")/.."

if [ -e .env ]; then
  echo ".env is there already and stays as it is." >&2
  exit 1
fi

# Hexadecimal: nothing in it has to be escaped in a URL.
secret() {
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

umask 077
cat > .env <<END
POSTGRES_PASSWORD=$(secret)
VALKEY_PASSWORD=$(secret)
SECRET_KEY=$(secret)
ADMIN_PASSWORD=$(secret)
END
echo "Written: .env. ADMIN_PASSWORD in it opens the login page."
