import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

export interface ReasonQuestion {
  title: string;
  text: string;
  label: string;
  action: string;
  danger?: boolean;
  onReason: (reason: string) => void;
}

/** A question that wants a reason; it is logged with the person. */
export function AskReason({ question, onClose }: { question: ReasonQuestion | null; onClose: () => void }) {
  return (
    <Modal opened={question !== null} onClose={onClose} title={question?.title} centered>
      {question && <Form question={question} onClose={onClose} />}
    </Modal>
  );
}

function Form({ question, onClose }: { question: ReasonQuestion; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        question.onReason(reason.trim());
        onClose();
      }}
    >
      <Stack gap="md">
        <Text>{question.text}</Text>
        <TextInput
          label={question.label}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          required
          data-autofocus
          data-testid="reason"
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("app.cancel")}
          </Button>
          <Button
            type="submit"
            disabled={!reason.trim()}
            data-testid="reason-yes"
            {...(question.danger ? { color: "lacquer" } : {})}
          >
            {question.action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
