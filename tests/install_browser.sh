#!/bin/sh
# The page tests drive a browser. Installs Debian's chromium where that is possible
# without asking; elsewhere says what is missing, and the page tests fail with one sentence.
for browser in chromium chromium-browser google-chrome; do
  if command -v "$browser" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo 'Installing chromium for the page tests …'
  if apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends chromium >/dev/null; then exit 0; fi
fi
echo 'No chromium was found: install it for the page tests.' >&2
