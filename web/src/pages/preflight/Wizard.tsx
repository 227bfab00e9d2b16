import { Alert, Button, Group, Progress, Stack, Text, TextInput, Title } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { language, setLanguage } from "../../i18n";
import { dateTime } from "../../ui/format";
import { HelpButton } from "../help/HelpButton";
import { Items } from "./Items";
import { Now } from "./Now";
import { type Answer, Questions } from "./Questions";
import type { AssessmentView, CheckView } from "./types";
import { type CheckPlan, stepsFor, useCheck } from "./useCheck";
import { light } from "./words";

const NAME = "diemcau.technician";

/** The technical check of one room, in one page: measure, look, answer, sign. */
export function Wizard(props: {
  title: string;
  result: AssessmentView;
  plan: CheckPlan;
  onSign: (check: string, answer: Answer, note: string, name: string) => Promise<void>;
  onReload: () => Promise<void>;
  onLeave?: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  const { result, plan } = props;
  const check = useCheck(plan);
  const [name, setName] = useState(() => localStorage.getItem(NAME) ?? "");
  const [problem, setProblem] = useState("");
  useEffect(() => {
    if (new URLSearchParams(location.search).get("debug") === "1") Object.assign(window, { __check: check.run });
  }, [check.run]);
  const all = result.items.flatMap((item) => item.checks);
  const questions = all.filter((each) => each.manual && !each.other_side);
  const measured = all.filter((each) => !each.manual && each.required);
  const ready = plan.role === "observer" || check.opened !== null;
  const run = async () => {
    setProblem("");
    await check.run();
    await props.onReload();
  };
  const sign = async (key: string, answer: Answer, note: string) => {
    localStorage.setItem(NAME, name.trim());
    try {
      await props.onSign(key, answer, note, name.trim());
      setProblem("");
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const answered = questions.filter((each) => each.value === null || each.expired).length === 0;
  return (
    <main className="whole">
      <div className="whole-card check-card">
        <Group justify="space-between" mb="md">
          <Stack gap={0}>
            <Title order={1} size="h2">
              {t("preflight.title")}
            </Title>
            <Text c="dimmed">{props.title}</Text>
          </Stack>
          <Group gap="sm">
            <span className="check-state" data-state={result.state} data-testid="preflight-state">
              <span className="light" data-level={light(result.state)} />
              {t(`preflight.state.${result.state}`)}
            </span>
            <HelpButton target="ky-thuat-vien#kiem-tra-ky-thuat-truoc-buoi-tiep" />
            <Button variant="subtle" onClick={() => void setLanguage(language() === "vi" ? "en" : "vi")}>
              {t("app.language")}
            </Button>
          </Group>
        </Group>
        <div className="check-columns">
          <Stack gap="sm">
            <Now
              check={check}
              onPlayed={(played) => void plan.post({ "storage.clip_played": played }).then(props.onReload)}
            />
            {check.step !== null && (
              <Progress
                value={(100 * check.done.length) / stepsFor(plan).length}
                aria-label={t("preflight.progress")}
              />
            )}
            <Button
              size="lg"
              loading={check.step !== null}
              disabled={!ready}
              onClick={() => void run()}
              data-testid="run-check"
            >
              {t(measured.every((each) => each.value !== null) ? "preflight.runAgain" : "preflight.run")}
            </Button>
            {check.failed.map((each) => (
              <Alert key={each.step} color="lacquer" variant="light" title={t(`preflight.step.${each.step}`)}>
                {each.reason}
              </Alert>
            ))}
            <Items items={result.items} open={(item) => item.verdict === "fail"} />
          </Stack>
          <Stack gap="sm">
            <Title order={2} size="h4">
              {t("preflight.questions")}
            </Title>
            <TextInput
              label={t("preflight.yourName")}
              value={name}
              maxLength={120}
              onChange={(event) => setName(event.currentTarget.value)}
              data-testid="technician-name"
            />
            <Questions
              checks={questions}
              name={name}
              onAnswer={(each: CheckView, answer, note) => void sign(each.key, answer, note)}
            />
            {problem && (
              <Alert color="lacquer" variant="light">
                {problem}
              </Alert>
            )}
            <Button
              size="md"
              disabled={!name.trim() || check.step !== null || !answered}
              onClick={() => void sign("site", "yes", "")}
              data-testid="sign-site"
            >
              {t(result.site ? "preflight.signAgain" : "preflight.sign")}
            </Button>
            {!answered && <Text c="dimmed">{t("preflight.answerAll")}</Text>}
            {result.site && (
              <Text data-testid="signed-site">
                {t("preflight.signedBy", {
                  name: result.site.name,
                  at: dateTime(result.site.at),
                })}
              </Text>
            )}
            {props.onLeave && (
              <Button variant="default" size="md" onClick={props.onLeave} data-testid="leave-check">
                {t("preflight.toRoom")}
              </Button>
            )}
          </Stack>
        </div>
      </div>
    </main>
  );
}
