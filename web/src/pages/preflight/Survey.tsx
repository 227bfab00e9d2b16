import { Alert, Loader, Title } from "@mantine/core";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Values } from "../../endpoint/measure/types";
import { call } from "./access";
import type { AssessmentView } from "./types";
import type { CheckPlan } from "./useCheck";
import { Wizard } from "./Wizard";

const KEY = "diemcau.survey";

export interface SurveyView extends AssessmentView {
  name: string;
  role: "central" | "delegate" | "observer";
  visit: string;
  at: string | null;
  oldest: { chromium: number; firefox: number };
}

/** The survey's token: out of the address bar, kept for a reload of this tab. */
function takeToken(): string | null {
  const found = location.hash.slice(1);
  if (found) {
    sessionStorage.setItem(KEY, found);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(KEY);
}

/** A registered room surveys itself, at any time and without a session. */
export function Survey() {
  const { t } = useTranslation();
  const [token] = useState(takeToken);
  const [view, setView] = useState<SurveyView | null>(null);
  const [problem, setProblem] = useState("");
  const visit = view?.visit ?? "";
  const reload = useCallback(async () => {
    if (!token) return;
    try {
      setView(await call<SurveyView>(token, "GET", `/survey${visit ? `?visit=${visit}` : ""}`));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }, [token, visit]);
  useEffect(() => {
    if (!visit) void reload();
  }, [reload, visit]);
  const [role, chromium, firefox] = [view?.role, view?.oldest.chromium, view?.oldest.firefox];
  const plan = useMemo<CheckPlan | null>(() => {
    if (!token || !role || chromium === undefined || firefox === undefined) return null;
    return {
      token,
      role,
      oldest: { chromium, firefox },
      linePath: `/survey/line?visit=${visit}`,
      clipPath: null,
      post: async (values: Values) => {
        setView(await call<SurveyView>(token, "POST", `/survey?visit=${visit}`, { values }));
      },
    };
  }, [token, role, chromium, firefox, visit]);
  if (!token || problem) {
    return (
      <main className="whole">
        <div className="whole-card">
          <Title order={1} size="h2">
            {t("preflight.survey.title")}
          </Title>
          <Alert color="lacquer" variant="light" mt="md">
            {problem || t("preflight.survey.noLink")} {t("preflight.survey.newLink")}
          </Alert>
        </div>
      </main>
    );
  }
  if (!view || !plan) return <Loader m="lg" aria-label={t("app.loading")} />;
  return (
    <Wizard
      title={`${t("preflight.survey.title")} – ${view.name}`}
      result={view}
      plan={plan}
      onReload={reload}
      onSign={async (check, answer, note, name) => {
        setView(await call<SurveyView>(token, "POST", `/survey/sign?visit=${visit}`, { check, answer, note, name }));
      }}
    />
  );
}
