import { byName } from "./byName";
import main from "./en.json";
import type { Texts } from "./texts";

export const parts = byName(import.meta.glob<{ default: Texts }>("./en/*.json", { eager: true }));
export const texts: Texts = { ...main, ...parts };
