import { Button, Group, List, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { nameOf, needsOf, type Step } from "../../api/procedure";

/** What is still open when somebody wants to end: items of the script by their titles, steps of the procedure. */
export interface StillOpen {
  titles: string[];
  steps: Step[];
}

interface Props {
  open: StillOpen | null;
  rehearsal: boolean;
  onClose: () => void;
  onEnd: (reason: string) => void;
}

/** Ends a session; what is open is given up all at once with one reason, which stands in the minutes. */
export function EndDialog({ open, rehearsal, onClose, onEnd }: Props) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  useEffect(() => {
    if (open) setReason(rehearsal ? t("course.end.rehearsal") : "");
  }, [open, rehearsal, t]);
  const titles = open?.titles ?? [];
  const steps = open?.steps ?? [];
  const asks = titles.length > 0 || (steps.length > 0 && !rehearsal); // a rehearsal only shows the steps
  return (
    <Modal
      opened={open !== null}
      onClose={onClose}
      title={t("course.end.title")}
      size="lg"
      centered
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onEnd(asks ? reason.trim() : "");
        }}
      >
        <Stack>
          <Text>{t("course.end.text")}</Text>
          {titles.length > 0 && (
            <Text>
              {t("course.end.open", {
                count: titles.length,
                titles: titles.map((title) => `“${title}”`).join("; "),
              })}
            </Text>
          )}
          {steps.length > 0 && (
            <div data-testid="open-steps">
              <Text fw={600}>{t("course.end.steps")}</Text>
              <List size="sm">
                {steps.map((step) => (
                  <List.Item key={step.key}>
                    <strong>{nameOf(step)}</strong>: {needsOf(step)}
                  </List.Item>
                ))}
              </List>
            </div>
          )}
          {asks && (
            <Textarea
              label={t("course.end.waive")}
              description={t("course.end.waiveHint")}
              value={reason}
              required
              maxLength={1000}
              onChange={(event) => setReason(event.currentTarget.value)}
              data-testid="waive-script"
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} data-autofocus>
              {t("app.cancel")}
            </Button>
            <Button type="submit" color="lacquer" disabled={asks && !reason.trim()} data-testid="confirm-yes">
              {t("course.action.end")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
