import { byName } from "./byName";
import type { Texts } from "./texts";
import main from "./vi.json";

export const parts = byName(import.meta.glob<{ default: Texts }>("./vi/*.json", { eager: true }));
export const texts: Texts = { ...main, ...parts };
