import { Button, Group, Modal, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconFiles, IconUserQuestion, IconUsers } from "@tabler/icons-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { asEndpoint, type Caller } from "../../api/caller";
import type { Citizen } from "../../api/case";
import type { Engine, EngineState } from "../../endpoint/engine";
import { DocumentsPanel } from "../documents/DocumentsPanel";
import { Citizens } from "../secretary/Citizens";
import { isOpen } from "./DocumentStage";

type Sheet = "citizens" | "documents" | "in_person" | null;

/** For the officer in the room: who sits here, what was handed in here, and the wish to be received in person. */
export function CaseTools({ engine, state }: { engine: Engine; state: EngineState }) {
  const { t } = useTranslation();
  const [sheet, setSheet] = useState<Sheet>(null);
  const caller = useMemo(() => asEndpoint(engine.access), [engine]);
  const session = state.session?.id ?? "";
  const room = { id: state.endpointId, name: state.roster.find((each) => each.id === state.endpointId)?.name ?? "" };
  const close = () => setSheet(null);
  const buttons = [
    ["citizens", "case.room.citizens", <IconUsers key="c" size={16} />],
    ["documents", "case.room.documents", <IconFiles key="d" size={16} />],
    ["in_person", "case.inPerson.title", <IconUserQuestion key="p" size={16} />],
  ] as const;
  return (
    <>
      <Group gap="xs" data-testid="case-tools">
        {buttons.map(([name, text, icon]) => (
          <Button
            key={name}
            size="xs"
            variant="light"
            leftSection={icon}
            data-testid={`room-${name}`}
            onClick={() => setSheet(name)}
          >
            {t(text)}
          </Button>
        ))}
      </Group>
      <Modal
        opened={sheet === "citizens" || sheet === "documents"}
        onClose={close}
        size={640}
        title={t(sheet === "documents" ? "case.room.documents" : "case.room.citizens")}
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        {sheet === "citizens" && <RoomCitizens caller={caller} sessionId={session} room={room} />}
        {sheet === "documents" && (
          <DocumentsPanel
            caller={caller}
            sessionId={session}
            rooms={[room]}
            running={isOpen(state)}
            may={{ hands: true, edits: false, ofRoom: true }}
          />
        )}
      </Modal>
      {sheet === "in_person" && <AskInPerson caller={caller} sessionId={session} onClose={close} />}
    </>
  );
}

function RoomCitizens(props: { caller: Caller; sessionId: string; room: { id: string; name: string } }) {
  const { caller, sessionId, room } = props;
  const [citizens, setCitizens] = useState<Citizen[]>([]);
  const load = useCallback(async () => {
    const found = await caller.json<{ citizens: Citizen[] }>("GET", `/sessions/${sessionId}/citizens`);
    setCitizens(found.citizens);
  }, [caller, sessionId]);
  useEffect(() => {
    load().catch(() => undefined); // saving says what is wrong
  }, [load]);
  return (
    <Citizens
      caller={caller}
      path={`/sessions/${sessionId}`}
      citizens={citizens}
      rooms={[room]}
      items={[]}
      enters
      reload={load}
    />
  );
}

function AskInPerson({ caller, sessionId, onClose }: { caller: Caller; sessionId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState("");
  const ask = async () => {
    try {
      await caller.json("POST", `/sessions/${sessionId}/in-person`, { reason });
      notifications.show({ message: t("case.inPerson.asked"), color: "green" });
      onClose();
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
  };
  return (
    <Modal
      opened
      centered
      onClose={onClose}
      title={t("case.inPerson.title")}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        {t("case.inPerson.roomText")}
        <Textarea
          mt="sm"
          label={t("case.inPerson.reason")}
          value={reason}
          error={problem}
          maxLength={1000}
          required
          data-autofocus
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button type="submit" disabled={!reason.trim()}>
            {t("case.inPerson.ask")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
