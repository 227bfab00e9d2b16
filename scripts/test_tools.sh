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
need soffice "libreoffice-writer-nogui libreoffice-calc-nogui fonts-liberation"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
/usr/bin/python3 -c "import gi; gi.require_version('GstWebRTC', '1.0')" 2>/dev/null || missing="$missing python3-gst-1.0 gir1.2-gst-plugins-bad-1.0 gstreamer1.0-nice gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"

# An S3 server for the tests of the store: versitygw by Go 1.25 or newer, else s3s-fs by cargo; without either they skip.
s3_server() {
    for name in versitygw s3s-fs; do
        [ -x ".tools/bin/$name" ] && return 0
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    mkdir -p .tools/bin
    if command -v go >/dev/null 2>&1; then
        echo "Building versitygw for the tests (once, some minutes)"
        GOBIN="$PWD/.tools/bin" go install github.com/versity/versitygw/cmd/versitygw@v1.8.0 && return 0
    fi
    if command -v cargo >/dev/null 2>&1; then
        echo "Building s3s-fs for the tests (once, some minutes)"
        cargo install --quiet --locked --root .tools --version 0.14.1 --features binary s3s-fs && return 0
    fi
    echo "NOTE: neither Go (1.25 or newer) nor cargo could build an S3 server: the tests marked \"store\" are skipped" >&2
}
command -v go >/dev/null 2>&1 || command -v cargo >/dev/null 2>&1 || need go golang-go
if [ -z "$missing" ]; then
    s3_server
    exit 0
fi
packages=$(printf '%s\n' $missing | sort -u | tr '\n' ' ')
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing for the tests: $packages"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
    s3_server
else
    echo "The tests need these Debian packages: $packages" >&2
    echo "Install them (apt-get install $packages) and run the command again." >&2
    exit 1
fi
