import { Button, Group, Modal, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

export interface Question {
  title: string;
  text: string;
  action: string;
  onYes: () => void;
}

export function Confirm({ question, onClose }: { question: Question | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={question !== null} onClose={onClose} title={question?.title} centered>
      <Text>{question?.text}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t("app.cancel")}
        </Button>
        <Button
          color="lacquer"
          data-testid="confirm-yes"
          onClick={() => {
            question?.onYes();
            onClose();
          }}
        >
          {question?.action}
        </Button>
      </Group>
    </Modal>
  );
}
