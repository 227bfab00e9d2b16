// The playback page by keyboard.
import { useEffect } from "react";

export type Keys = Record<string, () => void>;

/** Keys as "m", "shift+m", "ArrowLeft", " "; not while somebody types, nor where the focused control takes the key. */
export function useKeys(keys: Keys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || takesKeys(event.target, event.key)) return;
      const plain = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const action =
        (event.shiftKey ? keys[`shift+${plain}`] : undefined) ?? (event.shiftKey ? keys[event.key] : keys[plain]);
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [keys]);
}

function takesKeys(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("input:not([type=range], [readonly]), textarea, select, [contenteditable]")) return true;
  if (key === " " || key === "Enter") return target.closest("button, a, input[readonly], [role=tab]") !== null;
  return /^(Arrow|Home|End)/.test(key) && target.closest("[role=slider], [role=tab], input[type=range]") !== null;
}
