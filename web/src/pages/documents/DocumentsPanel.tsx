import { Alert, Button, Group, Loader, Stack, Switch, Text } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconPresentationOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Caller } from "../../api/caller";
import type { CaseDocument, DocumentList } from "../../api/case";
import type { ScriptItemView } from "../../api/room";
import { DocumentCard } from "./DocumentCard";
import { RemoveDialog } from "./RemoveDialog";
import { type RoomName, UploadForm } from "./UploadForm";
import { useDocuments } from "./useDocuments";
import { ViewDialog } from "./ViewDialog";

interface Props {
  caller: Caller;
  sessionId: string;
  rooms: RoomName[];
  items?: Pick<ScriptItemView, "id" | "title">[];
  /** The session runs: documents can be shown in the rooms. */
  running: boolean;
  /** hands: hand in; edits: change and take out; ofRoom: one room's own page. */
  may: { hands: boolean; edits: boolean; ofRoom?: boolean };
}

/** The documents of a case: handed in, looked at, shown in the rooms and taken back. */
export function DocumentsPanel({ caller, sessionId, rooms, items = [], running, may }: Props) {
  const { t } = useTranslation();
  const { list, problem, setProblem, act } = useDocuments(caller, sessionId);
  const [viewing, setViewing] = useState<CaseDocument | null>(null);
  const [removing, setRemoving] = useState<CaseDocument | null>(null);
  const path = `/sessions/${sessionId}`;
  const present = (document: CaseDocument, page = 1) =>
    void act(() => caller.json("PUT", `${path}/presentation`, { document_id: document.id, page }));
  if (!list) return problem ? <Alert color="lacquer">{problem}</Alert> : <Loader aria-label={t("app.loading")} />;
  const shown = list.documents.find((each) => each.id === list.shown?.document_id) ?? null;
  const mayPresent = running && (!may.ofRoom || list.rooms_may);
  return (
    <Stack gap="sm" data-testid="documents">
      {problem && (
        <Alert
          variant="light"
          color="lacquer"
          withCloseButton
          closeButtonLabel={t("app.close")}
          onClose={() => setProblem("")}
          data-testid="document-problem"
        >
          {problem}
        </Alert>
      )}
      {running && shown && list.shown && mayPresent && (
        <Shown
          document={shown}
          list={list}
          rooms={rooms}
          onPage={(page) => present(shown, page)}
          onHide={() => void act(() => caller.json("DELETE", `${path}/presentation`))}
        />
      )}
      {list.documents.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("case.documents.none")}
        </Text>
      )}
      {list.documents.map((document) => (
        <DocumentCard
          key={document.id}
          document={document}
          rooms={rooms}
          shown={document.id === shown?.id}
          sessionId={sessionId}
          onView={() => setViewing(document)}
          onShow={mayPresent ? () => present(document) : null}
          onRemove={may.edits ? () => setRemoving(document) : null}
          onChange={
            may.edits
              ? (change) => void act(() => caller.json("PATCH", `${path}/documents/${document.id}`, change))
              : null
          }
        />
      ))}
      {may.edits && running && (
        <Switch
          label={t("case.documents.roomsMay")}
          checked={list.rooms_may}
          onChange={(event) => {
            const on = event.currentTarget.checked;
            void act(() => caller.json("PUT", `${path}/presentation/rooms`, { on }));
          }}
        />
      )}
      {may.hands && (
        <UploadForm
          rooms={rooms}
          items={items}
          maxBytes={list.max_bytes}
          ofRoom={may.ofRoom === true}
          onSend={(form) => act(() => caller.form(`${path}/documents`, form))}
        />
      )}
      {viewing && (
        <ViewDialog caller={caller} sessionId={sessionId} document={viewing} onClose={() => setViewing(null)} />
      )}
      {removing && (
        <RemoveDialog
          document={removing}
          onClose={() => setRemoving(null)}
          onRemove={(reason) => {
            setRemoving(null);
            void act(() => caller.json("POST", `${path}/documents/${removing.id}/remove`, { reason }));
          }}
        />
      )}
    </Stack>
  );
}

interface ShownProps {
  document: CaseDocument;
  list: DocumentList;
  rooms: RoomName[];
  onPage: (page: number) => void;
  onHide: () => void;
}

/** What stands in the rooms now, with its pages and the way to take it back. */
function Shown({ document, list, rooms, onPage, onHide }: ShownProps) {
  const { t } = useTranslation();
  const page = list.shown?.page ?? 1;
  const seen = rooms.filter((room) => list.shown?.rooms.includes(room.id)).map((room) => room.name);
  return (
    <div className="document-shown" role="status" data-testid="document-shown">
      <Text fw={600}>{t("case.documents.shownNow", { name: document.name })}</Text>
      <Text size="sm">
        {seen.length ? t("case.documents.seenBy", { rooms: seen.join(", ") }) : t("case.documents.seenByChair")}
      </Text>
      <Group gap="xs" mt={6}>
        <Button
          size="xs"
          variant="default"
          disabled={page <= 1}
          leftSection={<IconChevronLeft size={16} />}
          onClick={() => onPage(page - 1)}
        >
          {t("case.documents.before")}
        </Button>
        <Text size="sm" fw={600}>
          {t("case.documents.pageAt", { page, pages: document.pages ?? "?" })}
        </Text>
        <Button
          size="xs"
          variant="default"
          disabled={document.pages !== null && page >= document.pages}
          rightSection={<IconChevronRight size={16} />}
          data-testid="document-next-page"
          onClick={() => onPage(page + 1)}
        >
          {t("case.documents.next")}
        </Button>
        <Button
          size="xs"
          color="lacquer"
          leftSection={<IconPresentationOff size={16} />}
          data-testid="document-hide"
          onClick={onHide}
        >
          {t("case.documents.hide")}
        </Button>
      </Group>
    </div>
  );
}
