"""Whether an endpoint's link may still be used, wherever one is shown."""

from __future__ import annotations

from reception.records import EndpointRecord
from signalling.problems import Problem


def usable(endpoint: EndpointRecord | None, link: int) -> EndpointRecord:
    """The endpoint of a link. link: the serial in its token. Raises Problem 401, 403: removed, renewed or revoked."""
    if endpoint is None or endpoint.removed:
        raise Problem(403, "endpoint_removed", "This endpoint was removed from the session")
    if endpoint.link_revoked or link != endpoint.link_serial:
        raise Problem(401, "link_revoked", "The link is not valid any more", "Ask the operator for a new one.")
    return endpoint
