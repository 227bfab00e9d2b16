"""Runs in the server's namespace: asks the API what the server thinks of each line, a line of JSON each half second.

Arguments: the server's base, the operator's token, the session's id.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.request

from bandwidth.simulation.samples import SAMPLE_S


def main() -> None:
    """Until the process is ended."""
    base, token, session = sys.argv[1:]
    address = f"{base}/api/v1/sessions/{session}"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    while True:
        time.sleep(SAMPLE_S - time.monotonic() % SAMPLE_S)
        with urllib.request.urlopen(request, timeout=5) as response:
            view = json.load(response)
        estimates = {each["id"]: (each["stats"] or {}).get("estimate_bps", 0) for each in view["endpoints"]}
        paused = {each["id"]: (each["stats"] or {}).get("pictures_paused", 0) for each in view["endpoints"]}
        line = {"at_s": time.monotonic(), "estimate_bps": estimates, "paused": paused}
        print(json.dumps({**line, "site_used_bps": view["site"]["used_bps"]}), flush=True)


if __name__ == "__main__":
    main()
