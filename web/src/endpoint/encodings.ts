// What a sender's encoders are set to: the server's plan, and which of its layers anybody needs (pure).
import type { LayerEncoding, PicturePlan } from "../protocol/messages";

/** For the offer: every encoding, running, so that each may be used later. They are stopped after the answer. */
export function offered(plan: PicturePlan): RTCRtpEncodingParameters[] {
  return plan.encodings.map((layer) => ({
    rid: layer.rid,
    scaleResolutionDownBy: layer.scale_down_by,
    maxBitrate: layer.max_bitrate_bps,
    maxFramerate: layer.max_framerate,
  }));
}

/**
 * Puts a picture's plan into the parameters; whether anything is different then. Encodings are told apart by their place:
 * names may differ between profiles. `needed`: rids that anybody needs, null for all. `factor`: how many times larger the
 * track is than planned.
 */
export function planPicture(
  encodings: RTCRtpEncodingParameters[],
  plan: LayerEncoding[],
  needed: string[] | null,
  factor: number,
): boolean {
  const before = JSON.stringify(encodings);
  encodings.forEach((encoding, index) => {
    const layer = plan[index];
    const wanted = needed === null || encoding.rid === undefined || needed.includes(encoding.rid);
    encoding.active = layer?.active === true && wanted;
    if (!layer) return;
    encoding.maxBitrate = layer.max_bitrate_bps;
    encoding.maxFramerate = layer.max_framerate;
    encoding.scaleResolutionDownBy = layer.scale_down_by * factor;
  });
  return JSON.stringify(encodings) !== before;
}

/** The same for the voice; a rate of 0 stops it. */
export function planVoice(encodings: RTCRtpEncodingParameters[], bitrate: number): boolean {
  const before = JSON.stringify(encodings);
  for (const encoding of encodings) {
    encoding.active = bitrate > 0;
    if (bitrate > 0) encoding.maxBitrate = bitrate;
  }
  return JSON.stringify(encodings) !== before;
}

/** How many times larger a track is than planned: a camera need not have the size that was asked for. */
export function oversize(settings: MediaTrackSettings, plan: PicturePlan): number {
  if (!settings.width || !settings.height || !plan.width || !plan.height) return 1;
  return Math.max(1, settings.width / plan.width, settings.height / plan.height);
}
