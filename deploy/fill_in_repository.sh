#!/bin/sh
# Points the README's deploy button at this repository: fill_in_repository.sh [REMOTE]
# Render reads the blueprint from there, so it has to be pushed first.
set -eu
cd "$(dirname "$0")/.."

address=$(git remote get-url "${1:-origin}")
# git@host:owner/name.git, ssh://git@host/owner/name and https://user@host/owner/name alike.
page=$(printf '%s\n' "$address" |
  sed -E 's#^(ssh://|https?://)?([^@/]*@)?([^:/]+)(:[0-9]+)?[:/]+#https://\3/#; s#/$##; s#\.git$##')

case "$page" in
  https://*.*/*/*) ;;
  *)
    echo "$address is no address of a repository that Render could read." >&2
    exit 1
    ;;
esac

button='https://render\.com/deploy?repo='
if ! grep -q "$button" README.md; then
  echo "README.md has no deploy button." >&2
  exit 1
fi
sed "s|$button[^)]*|https://render.com/deploy?repo=$page|" README.md > README.md.new
cat README.md.new > README.md
rm README.md.new
echo "$page"
