"""Disks that are mounted: which, how full, external or not, and whether one can be taken out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
BLOCK = Path("/sys/dev/block")
NO_DISKS = {"proc", "sysfs", "devtmpfs", "devpts", "cgroup", "cgroup2", "squashfs", "overlay", "autofs", "mqueue"}
SMALLEST_BYTES = 1_000_000  # a file or a directory that a container shares is no disk for recordings
_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A mounted file system. `number`: of this mounting; the same disk put in again has another."""

    number: int
    device: str
    point: str
    kind: str
    source: str
    read_only: bool


def mounts() -> list[Mount]:
    """All mounted file systems, those mounted later behind (they cover earlier ones)."""
    return [_parse(line) for line in MOUNTS.read_text().splitlines()]


def _parse(line: str) -> Mount:
    """See proc(5), /proc/PID/mountinfo."""
    before, _, after = line.partition(" - ")
    number, _, device, _, point, options, *_ = before.split(" ")
    kind, source, *_ = after.split(" ")
    return Mount(
        number=int(number),
        device=device,
        point=_plain(point),
        kind=kind,
        source=_plain(source),
        read_only="ro" in options.split(","),
    )


def _plain(text: str) -> str:
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), text)


def mount_of(path: Path) -> Mount:
    """The file system that a path lies on."""
    real = path.resolve()
    places = [each for each in mounts() if real.is_relative_to(each.point)]
    return max(enumerate(places), key=lambda each: (len(each[1].point), each[0]))[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A disk that recordings can be copied to. `same_disk`: the recordings themselves lie on it."""

    path: str
    source: str
    kind: str
    total_bytes: int
    free_bytes: int
    removable: bool
    read_only: bool
    same_disk: bool


def disks(roots: Iterable[str], recordings: Path) -> list[Disk]:
    """External disks: on a removable or USB device, or mounted below one of `roots`."""
    own = mount_of(recordings).device
    found: dict[str, Disk] = {}
    for mount in mounts():
        removable = is_removable(mount.device)
        below = any(Path(mount.point).is_relative_to(root) and mount.point != root for root in roots)
        if mount.kind in NO_DISKS or not (removable or below) or mount.point == "/":
            continue
        with suppress(OSError):
            usage = shutil.disk_usage(mount.point)
            if usage.total < SMALLEST_BYTES:
                continue
            found[mount.point] = Disk(
                path=mount.point,
                source=mount.source,
                kind=mount.kind,
                total_bytes=usage.total,
                free_bytes=usage.free,
                removable=removable,
                read_only=mount.read_only,
                same_disk=mount.device == own,
            )
    return sorted(found.values(), key=lambda each: each.path)


def is_removable(device: str, block: Path = BLOCK) -> bool:
    """Whether a device ("8:17") can be pulled: it says so itself, or it hangs on USB."""
    place = block / device
    if not place.exists():
        return False
    real = place.resolve()
    if any(part.startswith("usb") for part in real.parts):
        return True
    for directory in (real, real.parent):
        with suppress(OSError):
            if (directory / "removable").read_text().strip() == "1":
                return True
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Whether a disk may be pulled now. `reason`: what stands against it, Vietnamese / English."""

    safe: bool
    unmounted: bool
    reason: str = ""


def open_files(point: str, device: int) -> list[str]:
    """Files that some process has open on the file system, "pid: path"; only own processes' unless root asks."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        places = [process / "cwd", process / "root"]
        with suppress(OSError):
            places += (process / "fd").iterdir()
        for place in places:
            with suppress(OSError):
                name = os.readlink(place)
                if Path(name).is_relative_to(point) and os.stat(place).st_dev == device:
                    found.append(f"{process.name}: {name}")
    return found


def release(root: Path, *, unmount: bool) -> Release:
    """Sync the disk that `root` is on, and unmount it if that is wanted. Safe only when nothing has a file open there,
    everything is written, and it is unmounted or nobody could have written since."""
    from recorder.storage.targets import sync_file_system

    try:
        mount, device = mount_of(root), os.stat(root).st_dev
        sync_file_system(root)
        busy = open_files(mount.point, device)
    except OSError as error:
        return Release(safe=False, unmounted=False, reason=f"Lỗi ổ đĩa / disk error: {error.strerror}")
    if busy:
        return Release(
            safe=False, unmounted=False, reason=f"Ổ đĩa đang được dùng / the disk is in use: {'; '.join(busy[:3])}"
        )
    if not unmount:
        return _seen_by_all()
    if mount.point == "/":
        return Release(safe=False, unmounted=False, reason="Đây là ổ hệ thống / this is the system's disk")
    failed = _unmount(mount)
    return Release(safe=not failed, unmounted=not failed, reason=failed)


def _seen_by_all() -> Release:
    """Without unmounting only root knows that no other user's process has a file open."""
    if os.geteuid() == 0:
        return Release(safe=True, unmounted=False)
    return Release(safe=False, unmounted=False, reason="Hãy tháo ổ đĩa trước (--eject) / unmount it first (--eject)")


def _unmount(mount: Mount) -> str:
    """Why it failed; "" if it is unmounted. Desktops let their user do it through udisks."""
    said = ""
    for command in (["umount", mount.point], ["udisksctl", "unmount", "--no-user-interaction", "-b", mount.source]):
        if shutil.which(command[0]):
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
            if not any(each.number == mount.number for each in mounts()):
                return ""
            said = said or done.stderr.strip()
    return f"Không tháo được / cannot be unmounted: {said or 'unknown'}"
