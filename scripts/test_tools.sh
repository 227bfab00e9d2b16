#!/bin/sh
# What the browser, link and playback tests need from the system. As root on Debian it is installed; elsewhere it is named.
set -eu
missing=""
need() { # need COMMAND PACKAGE
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need chromium chromium
need firefox-esr firefox-esr
need ffprobe ffmpeg
need ip iproute2
need tc iproute2
need curl curl
/usr/bin/python3 -c "import gi; gi.require_version('GstWebRTC', '1.0')" 2>/dev/null || missing="$missing python3-gst-1.0 gir1.2-gst-plugins-bad-1.0 gstreamer1.0-nice gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"
[ -z "$missing" ] && exit 0
packages=$(printf '%s\n' $missing | sort -u | tr '\n' ' ')
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing for the tests: $packages"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
else
    echo "The tests need these Debian packages: $packages" >&2
    echo "Install them (apt-get install $packages) and run the command again." >&2
    exit 1
fi
