"""An independent client: aiortc's RTCPeerConnection. Publishes by WHIP or watches by WHEP.

usage: aiortc_client.py publish|camera2|watch URL TOKEN SECONDS; prints JSON.
"""

import asyncio
import fractions
import json
import sys

import aiohttp
import av
import numpy as np
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack


class Picture(VideoStreamTrack):
    async def recv(self) -> av.VideoFrame:
        pts, time_base = await self.next_timestamp()
        frame = av.VideoFrame.from_ndarray(np.full((180, 320, 3), pts // 3000 % 255, dtype=np.uint8), format="rgb24")
        frame.pts, frame.time_base = pts, fractions.Fraction(time_base)
        return frame


async def run(mode: str, url: str, token: str, seconds: float) -> dict[str, object]:
    pc = RTCPeerConnection()
    seen: dict[str, int] = {}
    tasks = []

    @pc.on("track")
    def on_track(track: object) -> None:
        tasks.append(asyncio.ensure_future(count(track, seen)))

    if mode in ("publish", "camera2"):
        if mode == "publish":
            pc.addTrack(AudioStreamTrack())
        pc.addTrack(Picture())
    else:
        pc.addTransceiver("audio", direction="recvonly")
        pc.addTransceiver("video", direction="recvonly")
    await pc.setLocalDescription(await pc.createOffer())
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/sdp"}
    result: dict[str, object] = {}
    async with aiohttp.ClientSession() as client:
        async with client.post(url, data=pc.localDescription.sdp, headers=headers) as response:
            result["status"] = response.status
            location = response.headers.get("Location", "")
            body = await response.text()
        if response.status != 201:
            return {**result, "body": body}
        await pc.setRemoteDescription(RTCSessionDescription(body, "answer"))
        await asyncio.sleep(seconds)
        result["state"] = pc.connectionState
        base = url.partition("/whip")[0].partition("/whep")[0]
        async with client.delete(base + location, headers=headers) as response:
            result["deleted"] = response.status
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await pc.close()
    return {**result, "seen": seen}


async def count(track: object, seen: dict[str, int]) -> None:
    while True:
        frame = await track.recv()  # type: ignore[attr-defined]
        seen[frame.__class__.__name__] = seen.get(frame.__class__.__name__, 0) + 1
        if isinstance(frame, av.VideoFrame):
            seen["width"] = frame.width


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])))), flush=True)
