import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CheckView } from "./types";

export type Answer = "yes" | "no" | "na";

/** What nobody can measure: a person answers, and signs each answer with the name above. */
export function Questions(props: {
  checks: CheckView[];
  name: string;
  onAnswer: (check: CheckView, answer: Answer, note: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs">
      {!props.name.trim() && <Text c="dimmed">{t("preflight.nameFirst")}</Text>}
      {props.checks.map((check) => (
        <Question key={check.key} check={check} disabled={!props.name.trim()} onAnswer={props.onAnswer} />
      ))}
    </Stack>
  );
}

function Question(props: {
  check: CheckView;
  disabled: boolean;
  onAnswer: (check: CheckView, answer: Answer, note: string) => void;
}) {
  const { t } = useTranslation();
  const { check } = props;
  const [note, setNote] = useState(check.note);
  const name = check.key.replace(".", "_");
  const options: Answer[] = check.required && check.key !== "power.ups" ? ["yes", "no"] : ["yes", "no", "na"];
  return (
    <fieldset className="question" data-testid={`question-${check.key}`}>
      <legend>{t(`preflight.question.${name}`)}</legend>
      <Group gap="xs">
        {options.map((answer) => (
          <Button
            key={answer}
            size="sm"
            variant={check.value === answer && !check.expired ? "filled" : "default"}
            aria-pressed={check.value === answer && !check.expired}
            disabled={props.disabled}
            onClick={() => props.onAnswer(check, answer, note)}
          >
            {t(`preflight.answer.${answer}`)}
          </Button>
        ))}
        <TextInput
          size="sm"
          style={{ flex: "1 1 170px" }}
          aria-label={t("preflight.note")}
          placeholder={t(check.key === "power.ups" ? "preflight.minutes" : "preflight.note")}
          value={note}
          maxLength={300}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
      </Group>
    </fieldset>
  );
}
