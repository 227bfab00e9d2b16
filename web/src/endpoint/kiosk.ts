// A room's computer that belongs to the session: it joins by itself, does not sleep and is not closed by mistake.
const KEY = "diemcau.kiosk";

/** Remembered on this computer; `?kiosk=1` or `?kiosk=0` in the link sets it. */
export function kioskMode(): boolean {
  const asked = new URLSearchParams(location.search).get("kiosk");
  if (asked !== null) setKioskMode(asked === "1");
  return localStorage.getItem(KEY) === "1";
}

export function setKioskMode(on: boolean): void {
  if (on) localStorage.setItem(KEY, "1");
  else localStorage.removeItem(KEY);
}

/** Full screen at the first touch (browsers ask for one), a question before the page is closed. Returns what ends it. */
export function holdKiosk(): () => void {
  const fill = () => {
    if (!document.fullscreenElement) void document.documentElement.requestFullscreen?.().catch(() => undefined);
  };
  const ask = (event: BeforeUnloadEvent) => event.preventDefault();
  const quiet = (event: Event) => event.preventDefault();
  document.addEventListener("pointerdown", fill);
  window.addEventListener("beforeunload", ask);
  document.addEventListener("contextmenu", quiet);
  return () => {
    document.removeEventListener("pointerdown", fill);
    window.removeEventListener("beforeunload", ask);
    document.removeEventListener("contextmenu", quiet);
  };
}
