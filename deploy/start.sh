#!/bin/sh
# Starts one part of the application, in a container, on a platform or under systemd:
#   deploy/start.sh web | worker QUEUE | migrate | all
# The first process of the part takes this shell's place, so that signals reach it.
set -eu
cd "$(dirname "$0")/.."

case "${1:-}" in
  web) exec python -m gunicorn -c gunicorn.conf.py wsgi:app ;;
  worker) exec python worker.py "${2:?which queue? imports or webhooks}" ;;
  migrate) exec python -m flask --app wsgi db upgrade ;;
  # Everything in one process tree, for a single small container.
  all) exec python -m app.local --no-servers ;;
  *)
    echo "usage: $0 web | worker QUEUE | migrate | all" >&2
    exit 64
    ;;
esac
