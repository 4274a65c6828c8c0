#!/bin/sh
# Pins every base image to what its tag is today: deploy/pin_images.sh, then look at the diff.
# Needs docker with buildx. To move on to another version, change the tag first.
set -eu
cd "$(dirname "$0")/.."

files="Dockerfile docker-compose.yml"

# shellcheck disable=SC2086 # a list of names
grep -ohE '[a-z0-9./-]+:[A-Za-z0-9._-]+@sha256:[0-9a-f]{64}' $files | sort -u |
  while IFS=@ read -r image old; do
    new=$(docker buildx imagetools inspect "$image" --format '{{.Manifest.Digest}}')
    for file in $files; do
      sed "s|$image@$old|$image@$new|" "$file" > "$file.new"
      cat "$file.new" > "$file"
      rm "$file.new"
    done
    echo "$image@$new"
  done
