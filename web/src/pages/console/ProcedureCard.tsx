import { Button, Card, Text } from "@mantine/core";
import { IconCircleCheck, IconCircleDashed, IconCircleMinus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { nameOf, needsOf, type Procedure, type Step } from "../../api/procedure";
import { useApi } from "../../api/useApi";
import type { Act } from "../LiveSession";
import { AskReason, type ReasonQuestion } from "../storage/AskReason";

const ICONS = { done: IconCircleCheck, waived: IconCircleMinus, open: IconCircleDashed };

/** The steps of the procedure: without them no session ends, but with a reason. */
export function ProcedureCard({ sessionId, act }: { sessionId: string; act: Act }) {
  const { t } = useTranslation();
  const { data, reload } = useApi<Procedure>(`/sessions/${sessionId}/procedure`, 4000);
  const [question, setQuestion] = useState<ReasonQuestion | null>(null);
  if (!data?.steps.length) return null;
  const waive = (step: Step) =>
    setQuestion({
      title: t("course.steps.waiveTitle", { name: nameOf(step) }),
      text: t("course.steps.waiveText"),
      label: t("course.prepare.reason"),
      action: t("course.steps.waive"),
      onReason: (reason) =>
        void Promise.resolve(act("POST", `/procedure/${step.key}/waive`, { reason })).then(() => reload()),
    });
  return (
    <Card withBorder padding="sm" data-testid="procedure">
      <Text fw={600} component="h2" mb={6}>
        {t("course.steps.title")}
      </Text>
      <ol className="script">
        {data.steps.map((step) => {
          const Icon = ICONS[step.state];
          return (
            <li key={step.key} data-state={step.state} data-testid={`step-${step.key}`}>
              <Icon
                size={20}
                color={step.state === "done" ? "var(--mantine-color-teal-8)" : "var(--mantine-color-gray-7)"}
                aria-label={t(`course.steps.state.${step.state}`)}
              />
              <div>
                <strong>{nameOf(step)}</strong>
                <small>
                  {step.state === "open"
                    ? needsOf(step)
                    : step.state === "waived"
                      ? t("course.steps.waivedBy", { name: step.by, reason: step.reason })
                      : ""}
                </small>
              </div>
              {step.state === "open" && (
                <Button
                  size="compact-xs"
                  variant="default"
                  onClick={() => waive(step)}
                  data-testid={`waive-${step.key}`}
                >
                  {t("course.steps.waive")}
                </Button>
              )}
            </li>
          );
        })}
      </ol>
      <AskReason question={question} onClose={() => setQuestion(null)} />
    </Card>
  );
}
