// Whether this computer is plugged in, where the browser tells (Chromium does).
interface Battery extends EventTarget {
  readonly charging: boolean;
  readonly level: number;
}

export interface Power {
  on_battery: boolean;
  battery: number | null;
}

const UNKNOWN: Power = { on_battery: false, battery: null };

/** Reads the battery for as long as the page lives; a computer without one is plugged in. */
export class PowerWatch {
  private battery: Battery | null = null;

  constructor() {
    const source = navigator as Navigator & { getBattery?: () => Promise<Battery> };
    void source
      .getBattery?.()
      .then((battery) => {
        this.battery = battery;
      })
      .catch(() => undefined);
  }

  get now(): Power {
    if (!this.battery) return UNKNOWN;
    return { on_battery: !this.battery.charging, battery: Math.min(1, Math.max(0, this.battery.level)) };
  }
}
