#!/bin/sh
# The page tests drive a browser. Installs Debian's Chromium where that is possible without
# asking; elsewhere says what is missing, and the page tests fail with one sentence. The shell
# without a window comes first: it draws nothing that nobody sees, in a third of the time.
for browser in chromium-headless-shell chromium chromium-browser google-chrome; do
  if command -v "$browser" >/dev/null; then exit 0; fi
done
install() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null
}
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo 'Installing Chromium for the page tests …'
  if apt-get update -qq && { install chromium-headless-shell || install chromium; }; then exit 0; fi
fi
echo 'No Chromium was found: install it for the page tests.' >&2
