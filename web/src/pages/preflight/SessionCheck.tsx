import { Alert, Loader } from "@mantine/core";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Values } from "../../endpoint/measure/types";
import { RehearsalMark } from "../../ui/RehearsalMark";
import { call } from "./access";
import type { PreflightView } from "./types";
import type { CheckPlan } from "./useCheck";
import { Wizard } from "./Wizard";

/** The check of the room that holds this link, for its session. */
export function SessionCheck({ token, onLeave }: { token: string; onLeave: () => void }) {
  const { t } = useTranslation();
  const [path, setPath] = useState("");
  const [view, setView] = useState<PreflightView | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    call<{ session_id: string }>(token, "GET", "/me").then(
      (me) => setPath(`/sessions/${me.session_id}/preflight`),
      (error: Error) => setProblem(error.message),
    );
  }, [token]);
  const reload = useCallback(async () => {
    if (!path) return;
    try {
      setView(await call<PreflightView>(token, "GET", path));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }, [token, path]);
  useEffect(() => void reload(), [reload]);
  const own = view?.endpoints[0];
  const role = own?.role;
  const [chromium, firefox] = [view?.oldest.chromium, view?.oldest.firefox];
  const plan = useMemo<CheckPlan | null>(() => {
    if (!role || chromium === undefined || firefox === undefined) return null;
    return {
      token,
      role,
      oldest: { chromium, firefox },
      linePath: `${path}/line`,
      clipPath: role === "central" ? `${path}/clip` : null,
      post: async (values: Values) => {
        setView(await call<PreflightView>(token, "POST", path, { values }));
      },
      beforeClip: async () => {
        setView(await call<PreflightView>(token, "POST", `${path}/storage`, {}));
      },
    };
  }, [token, path, role, chromium, firefox]);
  if (problem) {
    return (
      <Alert color="lacquer" variant="light" m="lg">
        {problem}
      </Alert>
    );
  }
  if (!view || !own || !plan) return <Loader m="lg" aria-label={t("app.loading")} />;
  return (
    <>
      <RehearsalMark on={view.kind === "rehearsal"} />
      <Wizard
        title={`${own.name} – ${view.title}`}
        result={own}
        plan={plan}
        onReload={reload}
        onSign={async (check, answer, note, name) => {
          setView(await call<PreflightView>(token, "POST", `${path}/sign`, { check, answer, note, name }));
        }}
        onLeave={onLeave}
      />
    </>
  );
}
