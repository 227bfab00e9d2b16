// Runs the automatic part from beginning to end, and hands in what it finds after each step.
import { useCallback, useEffect, useRef, useState } from "react";
import { version } from "../../../package.json";
import { loadChoice, type Opened, openDevices } from "../../endpoint/devices";
import { recordClip } from "../../endpoint/measure/clip";
import {
  measureDecoding,
  measureDisplay,
  measurePower,
  measureSecurity,
  measureSoftware,
} from "../../endpoint/measure/computer";
import { type LineProgress, measureLine } from "../../endpoint/measure/line";
import { measureLoop } from "../../endpoint/measure/loop";
import { measurePicture } from "../../endpoint/measure/picture";
import { measureSound } from "../../endpoint/measure/sound";
import type { Values } from "../../endpoint/measure/types";

export type Step = "computer" | "picture" | "sound" | "loop" | "decode" | "line" | "clip";

export interface CheckPlan {
  token: string;
  role: "central" | "delegate" | "observer";
  oldest: { chromium: number; firefox: number };
  linePath: string;
  clipPath: string | null;
  post: (values: Values) => Promise<void>;
  beforeClip?: () => Promise<void>;
}

export interface CheckRun {
  step: Step | null;
  done: Step[];
  failed: { step: Step; reason: string }[];
  progress: LineProgress | null;
  clip: string | null;
  opened: Opened | null;
  run: (steps?: Step[]) => Promise<void>;
}

export function useCheck(plan: CheckPlan | null): CheckRun {
  const [opened, setOpened] = useState<Opened | null>(null);
  const [step, setStep] = useState<Step | null>(null);
  const [done, setDone] = useState<Step[]>([]);
  const [failed, setFailed] = useState<CheckRun["failed"]>([]);
  const [progress, setProgress] = useState<LineProgress | null>(null);
  const [clip, setClip] = useState<string | null>(null);
  const stop = useRef(new AbortController());
  const watches = plan?.role === "observer";

  useEffect(() => {
    if (!plan || watches) return;
    let mine: Opened | null = null;
    let over = false;
    void openDevices(loadChoice()).then((found) => {
      mine = found;
      if (over) close(found);
      else setOpened(found);
    });
    return () => {
      over = true;
      close(mine);
    };
  }, [plan, watches]);

  useEffect(() => {
    const controller = new AbortController();
    stop.current = controller;
    return () => controller.abort();
  }, []);

  const run = useCallback(
    async (only?: Step[]) => {
      if (!plan) return;
      const steps = only ?? stepsFor(plan);
      setFailed((before) => before.filter((each) => !steps.includes(each.step)));
      for (const next of steps) {
        if (stop.current.signal.aborted) return;
        setStep(next);
        try {
          const values = await measure(next, plan, opened, setProgress, setClip, stop.current.signal);
          if (Object.keys(values).length) await plan.post(values);
          setDone((before) => [...before.filter((each) => each !== next), next]);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          setFailed((before) => [...before, { step: next, reason }]);
        }
      }
      setStep(null);
      setProgress(null);
    },
    [plan, opened],
  );
  return { step, done, failed, progress, clip, opened, run };
}

export function stepsFor(plan: CheckPlan): Step[] {
  if (plan.role === "observer") return ["computer", "line"];
  const steps: Step[] = ["computer", "picture", "sound", "loop", "decode", "line"];
  return plan.clipPath ? [...steps, "clip"] : steps;
}

async function measure(
  step: Step,
  plan: CheckPlan,
  opened: Opened | null,
  onProgress: (progress: LineProgress) => void,
  onClip: (url: string) => void,
  signal: AbortSignal,
): Promise<Values> {
  const camera = opened?.camera ?? null;
  const microphone = opened?.microphone ?? null;
  const oldest = { ...plan.oldest, app: version };
  switch (step) {
    case "computer":
      return {
        ...measureSoftware(oldest),
        ...measureDisplay(),
        ...(await measurePower()),
        ...(await measureSecurity(oldest)),
      };
    case "picture":
      // No camera is a result: no picture at all.
      return camera
        ? measurePicture(camera)
        : { "camera.height": 0, "camera.fps": 0, "camera.black_percent": 100, "camera.frozen_percent": 100 };
    case "sound":
      return microphone
        ? measureSound(microphone)
        : { "audio.peak_dbfs": -100, "audio.clipping_percent": 0, "audio.noise_dbfs": -100 };
    case "loop":
      return microphone ? measureLoop(microphone, loadChoice().speaker) : {};
    case "decode":
      return camera ? measureDecoding(camera) : {};
    case "line": {
      // The server keeps the numbers itself; that this computer was too busy, it cannot know.
      const { values, limited } = await measureLine({
        path: plan.linePath,
        token: plan.token,
        sends: plan.role !== "observer",
        onProgress,
        signal,
      });
      return limited && values["network.load"] === "free" ? { "network.load": "computer" } : {};
    }
    case "clip": {
      await plan.beforeClip?.();
      if (!plan.clipPath || !camera) return {};
      const made = await recordClip({
        path: plan.clipPath,
        token: plan.token,
        camera,
        microphone,
        onPhase: () => undefined,
        signal,
      });
      onClip(made.url);
      return {};
    }
  }
}

function close(opened: Opened | null): void {
  opened?.camera?.stop();
  opened?.microphone?.stop();
}
