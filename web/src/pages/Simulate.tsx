import { Alert, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { api } from "../api/client";
import type { Question, Simulation } from "../api/simulation";
import { longestSeconds, SimulateForm } from "./SimulateForm";
import { SimulateResult } from "./SimulateResult";

/** What the page begins with: what the address says of profile and number of delegates. */
function firstQuestion(query: URLSearchParams): Question {
  const asked = Number(query.get("delegates"));
  const delegates = Number.isInteger(asked) && asked >= 1 && asked <= 30 ? asked : 10;
  return {
    profile: query.get("profile") ?? "30-5",
    delegates,
    seconds: Math.min(40, longestSeconds(delegates)),
    loss_percent: 0,
    delay_ms: 20,
    voices: 3,
    changes: [],
  };
}

export function Simulate() {
  const { t } = useTranslation();
  const [query] = useSearchParams();
  const [question, setQuestion] = useState(() => firstQuestion(query));
  const [result, setResult] = useState<Simulation | null>(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    setProblem("");
    try {
      setResult(await api<Simulation>("POST", "/simulate", question));
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
    setBusy(false);
  };
  return (
    <Stack gap="lg">
      <div>
        <Title order={1} size="h2">
          {t("simulate.title")}
        </Title>
        <Text c="dimmed">{t("simulate.text")}</Text>
      </div>
      <SimulateForm question={question} onChange={setQuestion} onSubmit={() => void run()} busy={busy} />
      <div aria-live="polite">
        {busy && <Text>{t("simulate.running")}</Text>}
        {problem && (
          <Alert variant="light" color="lacquer" data-testid="problem">
            {problem}
          </Alert>
        )}
      </div>
      {result && <SimulateResult result={result} />}
    </Stack>
  );
}
