"""Layers that nobody needs are switched off at the publisher, and on again at once when somebody does (pure)."""

from collections.abc import Iterable, Iterator

from sfu.publication import Publication
from sfu.types import PublicationId, Source

OFF_AFTER_S = 1.5  # found out up to 0.4 s later: within 2 s


class LayerDemand:
    """Remembers what each publisher was told and since when a layer has been idle."""

    def __init__(self) -> None:
        self._told: dict[PublicationId, list[str]] = {}
        self._idle_since: dict[tuple[PublicationId, int], float] = {}

    def update(self, publications: Iterable[Publication], *, now: float) -> Iterator[tuple[Source, list[str]]]:
        """(source, rids to send) for each publication whose set changed."""
        for publication in publications:
            if len(publication.section.rids) < 2:
                continue
            active = self._active(publication, now)
            if active != self.told(publication):
                self._told[publication.id] = active
                yield publication.source, active

    def told(self, publication: Publication) -> list[str]:
        """The rids that the publisher was told to send last; all of them before it was told anything."""
        return self._told.get(publication.id, [str(rid) for rid in publication.section.rids])

    def _active(self, publication: Publication, now: float) -> list[str]:
        wished = publication.wished_layers() & set(range(publication.layers_planned))
        active = []
        for layer, rid in enumerate(publication.section.rids):
            key = (publication.id, layer)
            if layer in wished:
                self._idle_since.pop(key, None)
            elif now - self._idle_since.setdefault(key, now) >= OFF_AFTER_S:
                continue
            active.append(str(rid))
        return active
