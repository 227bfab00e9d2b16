import { Alert, Button, Group, Modal, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Course } from "../../api/course";
import { DateField } from "../../ui/DateField";
import { fromField } from "./draft";

/** An order that needs words: an action of the session, or a waiver for an endpoint. */
export interface Asked {
  action: string;
  endpoint?: { id: string; name: string };
}

interface Props {
  asked: Asked | null;
  course: Course;
  onClose: () => void;
  send: (path: string, body?: unknown) => Promise<boolean>;
}

const EXPLAINED = ["waive", "revise", "postpone", "cancel"];
const EMPTY = { approver: "", office: "", document: "", reason: "", date: "" };

export function OrderDialog({ asked, course, onClose, send }: Props) {
  const { t } = useTranslation();
  const [values, setValues] = useState(EMPTY);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (asked) setValues(EMPTY);
  }, [asked]);
  const set = (name: keyof typeof EMPTY) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget;
    setValues((before) => ({ ...before, [name]: value }));
  };
  const oral = course.course === "ad_hoc" && course.state === "draft";
  const action = asked?.action ?? "";
  const title =
    action === "waive"
      ? t("course.prepare.waiveTitle", { name: asked?.endpoint?.name })
      : action && t(`course.action.${action}`);
  const submit = async () => {
    setBusy(true);
    const done =
      action === "waive"
        ? await send(`/endpoints/${asked?.endpoint?.id}/waiver`, { reason: values.reason })
        : await send(
            `/${action === "approve" && oral ? "approve-orally" : action}`,
            bodyOf(action, values, course.version),
          );
    setBusy(false);
    if (done || action !== "waive") onClose();
  };
  return (
    <Modal
      opened={asked !== null}
      onClose={onClose}
      title={title}
      centered
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          {action === "approve" && oral && <Alert variant="light">{t("course.prepare.oral")}</Alert>}
          {action === "approve" && (
            <>
              <TextInput
                label={t("course.prepare.approver")}
                value={values.approver}
                onChange={set("approver")}
                required
                maxLength={120}
                data-autofocus
                data-testid="approver"
              />
              <TextInput
                label={t("course.prepare.approverOffice")}
                value={values.office}
                onChange={set("office")}
                maxLength={200}
              />
              <TextInput
                label={t("course.prepare.document")}
                value={values.document}
                onChange={set("document")}
                required={!oral}
                maxLength={200}
                data-testid="document-no"
              />
            </>
          )}
          {action === "reschedule" && (
            <DateField
              withTime
              label={t("course.prepare.newDate")}
              value={values.date}
              onChange={(date) => setValues((before) => ({ ...before, date }))}
              required
              data-testid="new-date"
            />
          )}
          {EXPLAINED.includes(action) && <Text>{t(`course.prepare.${action}Text`)}</Text>}
          {["revise", "postpone", "cancel", "waive"].includes(action) && (
            <Textarea
              label={t("course.prepare.reason")}
              value={values.reason}
              onChange={set("reason")}
              required={action !== "revise"}
              minLength={action === "waive" ? 3 : 0}
              maxLength={1000}
              data-autofocus
              data-testid="reason"
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("app.back")}
            </Button>
            <Button
              type="submit"
              loading={busy}
              data-testid="confirm-order"
              {...(action === "cancel" ? { color: "lacquer" } : {})}
            >
              {action === "waive" ? t("course.prepare.confirm") : action && t(`course.action.${action}`)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function bodyOf(action: string, values: typeof EMPTY, version: number) {
  if (action === "approve") {
    return { version, approver: values.approver, approver_office: values.office, document_no: values.document };
  }
  if (action === "reschedule") return { version, planned_start: fromField(values.date) };
  return { version, reason: values.reason };
}
