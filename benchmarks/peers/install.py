"""`--install`: the peers from their packages, into a cache outside the checkout; nothing of theirs is kept here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "diemcau-bench"
LOG = CACHE / "install.log"
# The newest release that `go install` takes: later ones replace modules in their go.mod, which it refuses.
LIVEKIT = "v1.13.5"
# The newest release whose worker runs on the libraries that Debian 12 has: later ones need libsrtp 3 and newer
# flatbuffers, and, built with adaptations on Debian's, 3.14.16 crashes in OpenSSL at the first DTLS handshake.
MEDIASOUP = "3.12.16"
MESON = "1.9.1"
MEDIASOUP_PACKAGES = (
    "g++",
    "ninja-build",
    "pkg-config",
    "libssl-dev",
    "libuv1-dev",
    "libsrtp2-dev",
    "libusrsctp-dev",
    "libabsl-dev",
    "nlohmann-json3-dev",
)
BY_HAND = {
    "Janus": "apt-get install --no-install-recommends janus",
    "LiveKit": f"GOBIN={CACHE}/livekit-{LIVEKIT} go install github.com/livekit/livekit-server/cmd/server@{LIVEKIT}",
    "mediasoup": f"make bench-peers ARGS=--install (npm mediasoup@{MEDIASOUP}, its worker built on Debian's libraries)",
}

# mediasoup's build downloads its libraries. Each is replaced by Debian's: (variables of its meson.build, options).
_SUBPROJECTS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "openssl": ({"openssl_dep": "dependency('openssl')", "libcrypto_lib": "[]", "libssl_lib": "[]"}, ()),
    "libuv": ({"libuv_dep": "dependency('libuv')", "libuv": "[]"}, ("build_tests", "build_benchmarks")),
    "libsrtp2": (
        {
            "libsrtp2_dep": "declare_dependency(dependencies : dependency('libsrtp2'), "
            "compile_args : ['-I' + dependency('libsrtp2').get_variable('includedir') / 'srtp2'])",
            "libsrtp2": "[]",
        },
        ("crypto-library", "crypto-library-kdf", "tests"),
    ),
    "usrsctp": ({"usrsctp_dep": "dependency('usrsctp')", "usrsctp": "[]"}, ("sctp_build_programs",)),
    "abseil-cpp": (
        {
            "absl_container_dep": "[dependency('absl_flat_hash_map'), dependency('absl_btree')]",
            "absl_container_lib": "[]",
            "absl_strings_dep": "dependency('absl_strings')",
            "absl_types_dep": "dependency('absl_optional')",
        },
        (),
    ),
    "catch2": ({"catch2_dep": "declare_dependency()"}, ()),
    "nlohmann_json": ({"nlohmann_json_dep": "dependency('nlohmann_json')"}, ()),
}


def _run(arguments: list[str], *, cwd: Path | None = None, **environment: str) -> None:
    """Raises subprocess.CalledProcessError; the lowest priority, since builds take all they get."""
    print("$", " ".join(arguments), flush=True)
    nice = ["nice", "-n", "19", *arguments]
    with LOG.open("a") as log:
        subprocess.run(nice, cwd=cwd, env={**os.environ, **environment}, check=True, stdout=log, stderr=log)


def install_janus() -> None:
    """Debian's package."""
    _run(["apt-get", "install", "-y", "--no-install-recommends", "janus"])


def install_livekit() -> None:
    """Built by Go from its module proxy."""
    target = CACHE / f"livekit-{LIVEKIT.removeprefix('v')}"
    if not (target / "server").exists():
        package = f"github.com/livekit/livekit-server/cmd/server@{LIVEKIT}"
        _run(["go", "install", package], GOBIN=str(target), GOFLAGS="-p=1")


def install_mediasoup() -> None:
    """The library from npm without its postinstall script, the worker in it compiled against Debian's libraries."""
    target = CACHE / f"mediasoup-{MEDIASOUP}"
    if (target / "mediasoup-worker").exists():
        return
    target.mkdir(parents=True, exist_ok=True)
    _run(["apt-get", "install", "-y", "--no-install-recommends", "--no-upgrade", *MEDIASOUP_PACKAGES])
    _run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", f"mediasoup@{MEDIASOUP}"], cwd=target)
    with tempfile.TemporaryDirectory(prefix="mediasoup-") as name:
        folder = Path(name)
        _run([sys.executable, "-m", "venv", str(folder / "venv")])
        _run([str(folder / "venv/bin/pip"), "install", "--quiet", f"meson=={MESON}"])
        _run(["npm", "pack", "--silent", f"mediasoup@{MEDIASOUP}"], cwd=folder)
        with tarfile.open(next(folder.glob("*.tgz"))) as archive:
            archive.extractall(folder, filter="data")
        worker = folder / "package/worker"
        replace_subprojects(worker / "subprojects")
        _build_worker(worker, folder / "venv/bin/meson")
        shutil.copy2(worker / "build/mediasoup-worker", target / "mediasoup-worker")


def replace_subprojects(folder: Path) -> None:
    """Remove what would be downloaded; name the system's libraries in its stead."""
    for wrap in folder.glob("*.wrap"):
        wrap.unlink()
    for name, (variables, options) in _SUBPROJECTS.items():
        (folder / name).mkdir()
        lines = [f"project('{name}', 'c', 'cpp', default_options : ['cpp_std=c++17'])"]
        lines += [f"{variable} = {value}" for variable, value in variables.items()]
        (folder / name / "meson.build").write_text("\n".join(lines) + "\n")
        if options:
            declared = "".join(f"option('{option}', type : 'string', value : '')\n" for option in options)
            (folder / name / "meson_options.txt").write_text(declared)


def _build_worker(worker: Path, meson: Path) -> None:
    _run([str(meson), "setup", "--buildtype", "release", "-Db_ndebug=true", "build"], cwd=worker)
    _run(["ninja", "-j", "1", "-C", "build", "mediasoup-worker"], cwd=worker)


INSTALLERS: dict[str, Callable[[], None]] = {
    "Janus": install_janus,
    "LiveKit": install_livekit,
    "mediasoup": install_mediasoup,
}


def install_all() -> None:
    """All that can be had; who can not is told and left out."""
    CACHE.mkdir(parents=True, exist_ok=True)
    for name, install in INSTALLERS.items():
        try:
            install()
        except (subprocess.CalledProcessError, OSError) as error:
            print(f"{name} could not be installed: {error}; see {LOG}", flush=True)
