"""What to do about each verdict, and the numbers that a sentence about it needs."""

from collections.abc import Sequence
from statistics import fmean, median

from bandwidth.attribution_facts import Cause, Contact, EndpointFacts, Remedy, Symptom
from bandwidth.symptoms import browser_median

_BY_SYMPTOM = {
    Symptom.ENCODER: Remedy.CLOSE_PROGRAMS,
    Symptom.DECODER: Remedy.CLOSE_PROGRAMS,
    Symptom.VOICE_GAPS: Remedy.CLOSE_PROGRAMS,
    Symptom.CAMERA_SLOW: Remedy.MORE_LIGHT,
    Symptom.CAMERA_SILENT: Remedy.CHECK_CAMERA,
    Symptom.STALLED: Remedy.RELIEVE_SERVER,
    Symptom.CANNOT_SEND: Remedy.CHECK_SERVER_NETWORK,
    Symptom.FULL: Remedy.LOWER_SESSION,
}
_ENDPOINT_LINE = {
    Symptom.NO_CONTACT: Remedy.CALL_ENDPOINT,
    Symptom.NO_MEDIA: Remedy.OPEN_FIREWALL,
    Symptom.SLOW_DOWN: Remedy.LOWER_ENDPOINT,
    Symptom.SLOW_UP: Remedy.LOWER_ENDPOINT,
}
_SITE_LINE = {
    Symptom.NO_CONTACT: Remedy.CHECK_SERVER_NETWORK,
    Symptom.NO_MEDIA: Remedy.CHECK_SERVER_NETWORK,
}


def remedy_for(cause: Cause, symptom: Symptom) -> Remedy:
    """The one thing to try first."""
    if symptom in _BY_SYMPTOM:
        return _BY_SYMPTOM[symptom]
    if cause is Cause.SERVER:
        return Remedy.RELIEVE_SERVER
    if cause is Cause.SITE_LINE:
        return _SITE_LINE.get(symptom, Remedy.FREE_SITE_LINE)
    return _ENDPOINT_LINE.get(symptom, Remedy.USE_CABLE)


def numbers_of(symptom: Symptom, window: Sequence[EndpointFacts]) -> dict[str, float]:
    """What was measured of one endpoint over the window: everything of the way that the symptom is about."""
    here = [each for each in window if each.contact is Contact.HERE]
    if not here:
        return {}
    rtts = [each.rtt_s for each in here if each.rtt_s is not None]
    available = [
        each.browser.available_up_bps
        for each in here
        if each.browser is not None and each.browser.available_up_bps is not None
    ]
    numbers = {
        "loss_down": fmean(each.loss_down for each in here),
        "loss_up": fmean(each.loss_up for each in here),
        "queue_ms": 1000 * median(each.queue_s for each in here),
        "estimate_bps": median(each.estimate_bps for each in here),
        "carried_bps": fmean(each.down_bps * (1 - each.loss_down) for each in here),
        "line_bps": float(here[-1].line_bps),
        "wanted_bps": float(here[-1].wanted_bps),
        "asked_up_bps": float(here[-1].asked_up_bps),
        "up_bps": fmean(each.up_bps for each in here),
    }
    if rtts:
        numbers["rtt_ms"] = 1000 * fmean(rtts)
    if available:
        numbers["available_up_bps"] = fmean(available)
    return numbers | _device_numbers(symptom, here)


def _device_numbers(symptom: Symptom, here: Sequence[EndpointFacts]) -> dict[str, float]:
    if symptom is Symptom.ENCODER:
        return {"limited_cpu": browser_median(here, lambda b: b.limited_cpu)}
    if symptom is Symptom.DECODER:
        return {"decode_dropped": browser_median(here, lambda b: b.decode_dropped)}
    if symptom in (Symptom.VOICE_GAPS, Symptom.JITTER):
        return {
            "voice_gaps": browser_median(here, lambda b: b.voice_gaps),
            "jitter_ms": 1000 * browser_median(here, lambda b: b.jitter_s),
        }
    if symptom in (Symptom.CAMERA_SLOW, Symptom.CAMERA_SILENT):
        return {
            "capture_fps": browser_median(here, lambda b: b.capture_fps or 0.0),
            "planned_fps": browser_median(here, lambda b: b.planned_fps),
        }
    return {}
