import { useEffect } from "react";

/** The screen of a room must not go dark during a session. */
export function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    const take = () => {
      if (!document.hidden) {
        void navigator.wakeLock?.request("screen").then(
          (got) => {
            lock = got;
          },
          () => undefined,
        );
      }
    };
    take();
    document.addEventListener("visibilitychange", take);
    return () => {
      document.removeEventListener("visibilitychange", take);
      void lock?.release();
    };
  }, []);
}
