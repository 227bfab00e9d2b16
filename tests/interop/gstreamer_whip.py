"""A WHIP publisher made of GStreamer's webrtcbin. Runs with the system's Python (python3-gi), not with ours.

usage: gstreamer_whip.py URL TOKEN SECONDS; prints "201" when the server accepted, "connected" when media may flow.
"""

import sys
import time
import urllib.error
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

PIPELINE = (
    "webrtcbin name=rtc bundle-policy=max-bundle "
    "videotestsrc is-live=true ! video/x-raw,width=640,height=360,framerate=20/1 ! "
    "vp8enc deadline=1 keyframe-max-dist=40 target-bitrate=500000 ! rtpvp8pay picture-id-mode=2 ! "
    "application/x-rtp,media=video,encoding-name=VP8,payload=96 ! rtc. "
    "audiotestsrc is-live=true ! audioconvert ! audioresample ! opusenc ! rtpopuspay ! "
    "application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! rtc."
)


class Publisher:
    def __init__(self, url, token):
        self.url, self.token = url, token
        self.pipeline = Gst.parse_launch(PIPELINE)
        self.rtc = self.pipeline.get_by_name("rtc")
        self.rtc.connect("on-negotiation-needed", self.negotiate)
        self.rtc.connect("notify::ice-gathering-state", self.gathered)
        self.rtc.connect("notify::connection-state", self.state)
        for index in range(2):
            transceiver = self.rtc.emit("get-transceiver", index)
            transceiver.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        self.posted = False

    def negotiate(self, _):
        self.rtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offered, None, None))

    def offered(self, promise, *_):
        self.reply = promise.get_reply()  # the offer lives in it
        self.rtc.emit("set-local-description", self.reply.get_value("offer"), Gst.Promise.new())

    def gathered(self, *_):
        complete = GstWebRTC.WebRTCICEGatheringState.COMPLETE
        if self.rtc.get_property("ice-gathering-state") == complete and not self.posted:
            self.posted = True
            GLib.idle_add(self.post)

    def post(self):
        offer = self.rtc.get_property("local-description").sdp.as_text()
        headers = {"Content-Type": "application/sdp", "Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(self.url, data=offer.encode(), headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                print(response.status, flush=True)
                text = response.read()
        except urllib.error.HTTPError as error:
            print(error.code, error.read().decode(), offer, flush=True)
            return
        _, message = GstSdp.SDPMessage.new()
        GstSdp.sdp_message_parse_buffer(text, message)
        answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        self.rtc.emit("set-remote-description", answer, Gst.Promise.new())

    def state(self, *_):
        print(self.rtc.get_property("connection-state").value_nick, flush=True)


Gst.init(None)
publisher = Publisher(sys.argv[1], sys.argv[2])
publisher.pipeline.set_state(Gst.State.PLAYING)
loop = GLib.MainLoop()
GLib.timeout_add_seconds(int(sys.argv[3]), loop.quit)
loop.run()
publisher.pipeline.set_state(Gst.State.NULL)
time.sleep(0.2)
