import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { Engine } from "../src/endpoint/engine";
import { shownSize } from "../src/endpoint/view";
import { startI18n } from "../src/i18n";
import { Tile } from "../src/pages/Tile";
import type { RosterEntry, SlotEntry, View, Want } from "../src/protocol/messages";

const entry = { id: "d1", name: "Xã 1", role: "delegate", state: "connected", camera: true } as RosterEntry;
const slot = (video: NonNullable<SlotEntry["video"]>): SlotEntry => ({
  index: 0,
  endpoint_id: "d1",
  audio: true,
  video,
});
const observers = new Map<string, (entries: unknown[]) => void>();
let box = { width: 320, height: 180 };

beforeAll(startI18n);

beforeEach(() => {
  for (const name of ["ResizeObserver", "IntersectionObserver"]) {
    vi.stubGlobal(
      name,
      class {
        constructor(callback: (entries: unknown[]) => void) {
          observers.set(name, callback);
        }
        observe() {}
        disconnect() {}
      },
    );
  }
  box = { width: 320, height: 180 };
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockImplementation(() => box as DOMRect);
  vi.stubGlobal("devicePixelRatio", 1.5);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  document.body.innerHTML = "";
});

function tile(video: NonNullable<SlotEntry["video"]>) {
  const wants: (Want | null)[] = [];
  const engine = { want: (_key: string, want: Want | null) => wants.push(want) } as unknown as Engine;
  const view = render(
    <Tile engine={engine} entry={entry} slot={slot(video)} track={null} place="thumbnail" name="Xã 1" />,
  );
  return { wants, view };
}

test.each([
  [{ width: 320, height: 180 }, 1, true, { width: 320, height: 180 }],
  [{ width: 100.4, height: 60.2 }, 1.25, true, { width: 126, height: 75 }],
  [{ width: 0, height: 0 }, 2, true, { width: 0, height: 0 }],
  [{ width: 320, height: 180 }, 1, false, { width: 0, height: 0 }],
  [{ width: 9000, height: 5000 }, 2, true, { width: 7680, height: 4320 }],
])("a box of %o at scale %d, in sight: %o, asks for %o", (size, scale, inSight, asked) => {
  expect(shownSize(size, scale, inSight)).toEqual(asked);
});

test("a tile asks for what it shows: at once, when its size changes, and for nothing when it is gone", () => {
  const { wants, view } = tile("flowing");
  expect(wants.at(-1)).toEqual({ endpoint_id: "d1", source: "camera", place: "thumbnail", width: 480, height: 270 });
  box = { width: 64, height: 36 };
  observers.get("ResizeObserver")?.([]);
  expect(wants.at(-1)).toMatchObject({ width: 96, height: 54 });
  view.unmount();
  expect(wants.at(-1)).toBeNull();
});

test("a tile that is scrolled out of sight asks for nothing until it is back", () => {
  const { wants } = tile("flowing");
  observers.get("IntersectionObserver")?.([{ isIntersecting: false }]);
  expect(wants.at(-1)).toMatchObject({ width: 0, height: 0 });
  box = { width: 400, height: 225 };
  observers.get("ResizeObserver")?.([]);
  expect(wants.at(-1)).toMatchObject({ width: 0, height: 0 });
  observers.get("IntersectionObserver")?.([{ isIntersecting: true }]);
  expect(wants.at(-1)).toMatchObject({ width: 600, height: 338 });
});

test("a picture that is paused for want of room says so, and one that flows says nothing", () => {
  const { view } = tile("no_bandwidth");
  expect(view.container.querySelector(".tile-note")?.textContent).toMatch(/đường truyền yếu/i);
  view.unmount();
  expect(tile("flowing").view.container.querySelector(".tile-note")).toBeNull();
  expect(screen.getByText("Xã 1")).toBeTruthy();
});

class FakeSocket {
  static readonly OPEN = 1;
  static last: FakeSocket;
  readonly readyState = 1;
  readonly sent: { type: string }[] = [];
  constructor() {
    FakeSocket.last = this;
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {}
}

test("a page that is hidden asks for nothing at all, and for everything again when it is shown", () => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  let hidden = false;
  vi.spyOn(document, "hidden", "get").mockImplementation(() => hidden);
  const engine = new Engine("token", { microphone: null, camera: null, screen: null }, "vi", {
    microphone: false,
    camera: false,
  });
  engine.start();
  const asked = () => (FakeSocket.last.sent.filter((message) => message.type === "view").at(-1) as View).wants;
  const want: Want = { endpoint_id: "d1", source: "camera", place: "stage", width: 1280, height: 720 };
  engine.want("d1/camera/stage", want);
  act(() => vi.runOnlyPendingTimers());
  expect(asked()).toEqual([want]);
  hidden = true;
  document.dispatchEvent(new Event("visibilitychange"));
  expect(asked()).toEqual([{ ...want, width: 0, height: 0 }]);
  hidden = false;
  document.dispatchEvent(new Event("visibilitychange"));
  expect(asked()).toEqual([want]);
  engine.want("d1/camera/stage", null);
  act(() => vi.runOnlyPendingTimers());
  expect(asked()).toEqual([]);
  engine.stop(false);
});
