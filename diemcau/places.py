"""Which ports each worker has (pure): the first those of a server without workers, each further one lies two on."""

from __future__ import annotations

from config.models import Settings
from sfu.transport.addresses import MAX_PORT, split_address

PORTS_EACH = 2  # UDP, and TCP next to it


def udp_port(settings: Settings, worker: int) -> int:
    """The worker's UDP port of media."""
    return settings.server.port + PORTS_EACH * worker


def tcp_port(settings: Settings, worker: int) -> int:
    """The worker's TCP port of media."""
    return (settings.media.tcp_port or settings.server.port + 1) + PORTS_EACH * worker


def worker_settings(settings: Settings, worker: int) -> Settings:
    """The settings as the worker has them: its own ports, also in what is announced. Raises AddressError."""
    announce = tuple(_moved(text, PORTS_EACH * worker) for text in settings.media.announce)
    media = settings.media.model_copy(update={"tcp_port": tcp_port(settings, worker), "announce": announce})
    return settings.model_copy(update={"media": media if worker else settings.media})


def ports_lacking(settings: Settings) -> str:
    """What is wrong with the ports that all workers together need; "" if nothing is."""
    last = settings.server.workers - 1
    ports = [tcp_port(settings, worker) for worker in range(last + 1)]
    if max(udp_port(settings, last), ports[-1]) > MAX_PORT:
        return f"{last + 1} workers need ports up to {max(udp_port(settings, last), ports[-1])}, past {MAX_PORT}"
    if settings.server.port in ports:
        return (
            f"media.tcp_port: worker {ports.index(settings.server.port)} would have port {settings.server.port} of HTTP"
        )
    return ""


def _moved(announced: str, by: int) -> str:
    address, port = split_address(announced)
    if port is None:
        return announced
    return f"[{address}]:{port + by}" if ":" in address else f"{address}:{port + by}"
