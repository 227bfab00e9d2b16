import { describe, expect, it } from "vitest";
import { offered, oversize, planPicture, planVoice } from "../src/endpoint/encodings";
import type { PicturePlan } from "../src/protocol/messages";

function plan(...bitrates: number[]): PicturePlan {
  return {
    width: 1280,
    height: 720,
    framerate: 25,
    encodings: ["q", "h", "f"].map((rid, index) => ({
      rid,
      active: index < bitrates.length,
      max_bitrate_bps: bitrates[index] ?? 1,
      max_framerate: 25,
      scale_down_by: 4 / 2 ** index,
    })),
  };
}

describe("what the encoders are set to", () => {
  it("offers every encoding running, also those that are not sent now", () => {
    const encodings = offered(plan(100, 200));
    expect(encodings.map((each) => each.rid)).toEqual(["q", "h", "f"]);
    expect(encodings.every((each) => each.active !== false)).toBe(true);
  });

  it("runs an encoding that the plan has and somebody needs", () => {
    const encodings = offered(plan(100, 200, 300));
    expect(planPicture(encodings, plan(100, 200).encodings, ["q", "f"], 1)).toBe(true);
    expect(encodings.map((each) => each.active)).toEqual([true, false, false]);
    planPicture(encodings, plan(100, 200).encodings, null, 1);
    expect(encodings.map((each) => each.active)).toEqual([true, true, false]);
  });

  it("takes over rates and sizes by place, whatever the names are", () => {
    const encodings = offered(plan(100, 200, 300));
    const renamed = plan(50, 70, 90).encodings.map((each) => ({ ...each, rid: `x${each.rid}` }));
    planPicture(encodings, renamed, null, 1.5);
    expect(encodings.map((each) => each.maxBitrate)).toEqual([50, 70, 90]);
    expect(encodings.map((each) => each.scaleResolutionDownBy)).toEqual([6, 3, 1.5]);
    expect(encodings.map((each) => each.rid)).toEqual(["q", "h", "f"]);
  });

  it("says when nothing is different", () => {
    const encodings = offered(plan(100, 200, 300));
    planPicture(encodings, plan(100, 200, 300).encodings, null, 1);
    expect(planPicture(encodings, plan(100, 200, 300).encodings, null, 1)).toBe(false);
  });

  it("stops everything for who only watches", () => {
    const picture: RTCRtpEncodingParameters[] = [{}];
    const voice: RTCRtpEncodingParameters[] = [{ maxBitrate: 9 }];
    planPicture(picture, [], null, 1);
    planVoice(voice, 0);
    expect([picture[0]?.active, voice[0]?.active]).toEqual([false, false]);
  });

  it("gives the voice its rate", () => {
    const voice: RTCRtpEncodingParameters[] = [{}];
    expect(planVoice(voice, 24_000)).toBe(true);
    expect(voice).toEqual([{ active: true, maxBitrate: 24_000 }]);
    expect(planVoice(voice, 24_000)).toBe(false);
  });

  it("makes a camera that is larger than planned smaller, and leaves a smaller one", () => {
    expect(oversize({ width: 1920, height: 1080 }, plan(1))).toBe(1.5);
    expect(oversize({ width: 640, height: 360 }, plan(1))).toBe(1);
    expect(oversize({}, plan(1))).toBe(1);
  });
});
