"""Prometheus metrics, collected when they are asked for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from recorder.storage.backup_state import last_backup
from recorder.storage.fixity import last_summary
from recorder.storage.queue import COPY, DESTROY, FIXITY, Queue
from sfu.drops import Drops
from sfu.types import EndpointId
from signalling.space import usual_session

if TYPE_CHECKING:
    from signalling.services import Services

_PER_ENDPOINT = {
    "up_bps": "Bit rate from the endpoint",
    "down_bps": "Bit rate to the endpoint",
    "estimate_bps": "Estimate of the line to the endpoint",
    "loss_up": "Share of packets lost from the endpoint",
    "loss_down": "Share of packets lost to the endpoint",
    "rtt_s": "Round-trip time",
    "queue_s": "Standing queue on the way to the endpoint",
    "jitter_s": "Interarrival jitter of what the endpoint sends",
}


class ServerCollector(Collector):
    """Reads the running server."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        """All families."""
        yield from self._sessions()
        yield from self._endpoints()
        yield self._troubles()
        yield self._drops()
        yield from self._recorder()
        yield from self._storage()
        yield from self._backup()

    def _sessions(self) -> Iterator[Metric]:
        conferences = self._services.conferences.values()
        live = GaugeMetricFamily("diemcau_sessions", "Open sessions by state", labels=["state"])
        states = [conference.record.state.value for conference in conferences]
        for state in sorted(set(states)):
            live.add_metric([state], states.count(state))
        yield live
        allocator = self._services.media.allocator
        yield GaugeMetricFamily("diemcau_site_used_bps", "Allocated on the site's line", value=allocator.used_bps)
        yield GaugeMetricFamily("diemcau_site_limit_bps", "The site's line for media", value=allocator.limit_bps)
        yield GaugeMetricFamily("diemcau_site_reserved_bps", "Of it for voices", value=allocator.audio_bps)
        worst = self._services.media.worst_tick_s
        yield GaugeMetricFamily("diemcau_timer_delay_seconds", "Worst recent delay of the media timer", value=worst)

    def _endpoints(self) -> Iterator[Metric]:
        labels = ["session", "endpoint"]
        gauges = {
            name: GaugeMetricFamily(f"diemcau_endpoint_{name}", text, labels=labels)
            for name, text in _PER_ENDPOINT.items()
        }
        packets = CounterMetricFamily("diemcau_packets", "RTP packets", labels=[*labels, "direction"])
        for conference in self._services.conferences.values():
            for endpoint_id in conference.seats:
                stats = conference.media.endpoint_stats(EndpointId(endpoint_id))
                if stats is None:
                    continue
                for name, gauge in gauges.items():
                    value = getattr(stats, name)
                    if value is not None:
                        gauge.add_metric([conference.record.id, endpoint_id], value)
                packets.add_metric([conference.record.id, endpoint_id, "in"], stats.packets_in)
                packets.add_metric([conference.record.id, endpoint_id, "out"], stats.packets_out)
        yield from gauges.values()
        yield packets

    def _troubles(self) -> Metric:
        labels = ["session", "endpoint", "cause", "symptom"]
        family = GaugeMetricFamily(
            "diemcau_trouble_confidence", "Where an endpoint's trouble lies, and how sure that is", labels=labels
        )
        for session_id in self._services.conferences:
            for endpoint_id, verdict in self._services.watch.verdicts(session_id):
                family.add_metric([session_id, endpoint_id, verdict.cause, verdict.symptom], verdict.confidence)
        return family

    def _drops(self) -> Metric:
        total = Drops(self._services.media.ports.drops)
        for conference in self._services.conferences.values():
            for peer in conference.media.peers.values():
                total += Drops(peer.drops) + Drops(peer.transport.drops)
                for publication in peer.publications:
                    total += publication.drops
        family = CounterMetricFamily("diemcau_dropped_packets", "Packets dropped, by reason", labels=["reason"])
        for reason, count in sorted(total.items()):
            family.add_metric([reason.value], count)
        return family

    def _storage(self) -> Iterator[Metric]:
        data = self._services.data
        with suppress(OSError, ValueError):
            found = last_summary(data)
            bad = len(found.get("faulty", [])) + len(found.get("missing", []))
            yield GaugeMetricFamily("diemcau_fixity_bad", "Recordings that are not whole, or lost", value=bad)
            text = "When the last check of all recordings ended, Unix time; 0: never"
            yield GaugeMetricFamily("diemcau_fixity_checked_seconds", text, value=found.get("ended", 0.0))
            waiting = GaugeMetricFamily("diemcau_storage_waiting", "Work that waits or goes on", labels=["kind"])
            kinds = [job.kind for job in Queue(data).jobs()] if data.exists() else []
            for kind in (COPY, DESTROY, FIXITY):
                waiting.add_metric([kind], kinds.count(kind))
            yield waiting

    def _backup(self) -> Iterator[Metric]:
        with suppress(OSError, ValueError):
            last = last_backup(self._services.data)
            if last:
                text = "Whether the last nightly backup failed"
                yield GaugeMetricFamily("diemcau_backup_failed", text, value=0 if last.get("ok") else 1)
                text = "When the last nightly backup ended, Unix time"
                yield GaugeMetricFamily("diemcau_backup_ended_seconds", text, value=last.get("ended", 0.0))

    def _recorder(self) -> Iterator[Metric]:
        size = GaugeMetricFamily("diemcau_recording_bytes", "Bytes of journal written", labels=["session"])
        lost = CounterMetricFamily("diemcau_recording_dropped", "Packets the recorder missed", labels=["session"])
        text = "How long the disk lasts at the rate of the last 30 s"
        lasts = GaugeMetricFamily("diemcau_recording_hours_left", text, labels=["session"])
        for conference in self._services.conferences.values():
            if conference.recording is not None:
                size.add_metric([conference.record.id], conference.recording.status.bytes)
                lost.add_metric([conference.record.id], conference.recording.status.dropped)
                if conference.recording.status.hours_left is not None:
                    lasts.add_metric([conference.record.id], conference.recording.status.hours_left)
        yield size
        yield lost
        yield lasts
        with suppress(OSError):
            free = shutil.disk_usage(self._services.recorder.root).free
            yield GaugeMetricFamily("diemcau_recording_disk_free_bytes", "Free on the recordings' disk", value=free)
            hours = free / max(1, usual_session(self._services).bytes_per_hour)
            text = "How long a session of one central and ten delegates of the default profile could be recorded"
            yield GaugeMetricFamily("diemcau_recording_disk_hours", text, value=hours)


def make_registry(services: Services) -> CollectorRegistry:
    """A registry of its own, so that nothing global is touched."""
    registry = CollectorRegistry()
    registry.register(ServerCollector(services))
    return registry
