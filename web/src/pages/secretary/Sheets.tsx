import { Card, Tabs } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { asPerson } from "../../api/caller";
import type { Case } from "../../api/case";
import { useMe } from "../../api/me";
import type { ScriptItemView } from "../../api/room";
import type { SessionView } from "../../api/types";
import { DocumentsPanel } from "../documents/DocumentsPanel";
import { Citizens } from "./Citizens";
import { Conclusions } from "./Conclusions";
import type { Send } from "./useCase";

interface Props {
  session: SessionView;
  items: ScriptItemView[];
  data: Case;
  /** The chosen item of the script, "": the session as a whole. */
  item: string;
  send: Send;
  reload: () => Promise<void>;
}

/** The sheets beside the notes: citizens, conclusions, documents. */
export function Sheets({ session, items, data, item, send, reload }: Props) {
  const { t } = useTranslation();
  const { extent, may, sees } = useMe();
  const open = data.read_only === "";
  const rooms = session.endpoints.filter((each) => each.role !== "observer");
  return (
    <Card withBorder padding="sm" className="secretary-sheets">
      <Tabs defaultValue="citizens" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="citizens" data-testid="tab-citizens">
            {t("case.citizens.title", { count: data.citizens.length })}
          </Tabs.Tab>
          <Tabs.Tab value="conclusions" data-testid="tab-conclusions">
            {t("case.conclusions.title", { count: data.conclusions.length })}
          </Tabs.Tab>
          {sees("view_documents") && (
            <Tabs.Tab value="documents" data-testid="tab-documents">
              {t("case.documents.title")}
            </Tabs.Tab>
          )}
        </Tabs.List>
        <Tabs.Panel value="citizens" pt="sm">
          <Citizens
            caller={asPerson}
            path={`/sessions/${session.id}`}
            citizens={data.citizens}
            rooms={rooms}
            items={items}
            enters={open && extent("see_identity") === "full"}
            reload={reload}
          />
        </Tabs.Panel>
        <Tabs.Panel value="conclusions" pt="sm">
          <Conclusions
            conclusions={data.conclusions}
            items={items}
            item={item}
            writes={open && extent("write_minutes") === "full"}
            tracks={extent("write_minutes") === "full"}
            send={send}
          />
        </Tabs.Panel>
        <Tabs.Panel value="documents" pt="sm">
          <DocumentsPanel
            caller={asPerson}
            sessionId={session.id}
            rooms={session.endpoints}
            items={items}
            running={["live", "paused", "interrupted"].includes(session.state)}
            may={{
              hands: open && may("share_document"),
              edits: open && extent("share_document") === "full",
            }}
          />
        </Tabs.Panel>
      </Tabs>
    </Card>
  );
}
