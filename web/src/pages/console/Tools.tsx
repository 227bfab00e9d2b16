import { Button, Group } from "@mantine/core";
import { IconNotes, IconWriting } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "../../api/me";
import type { RoomView } from "../../api/room";
import { OVER, type SessionView } from "../../api/types";
import type { WatchView } from "../../api/watch";
import type { Act } from "../LiveSession";
import { Announce } from "./Announce";
import { BackChannel } from "./BackChannel";
import { DocumentsButton } from "./DocumentsButton";
import { LayoutPicker } from "./LayoutPicker";
import { RollCall } from "./RollCall";

interface Props {
  session: SessionView;
  room: RoomView | null;
  watch: WatchView | null;
  act: Act;
  openIncidents: () => void;
}

/** What concerns the whole session, in the console's second line. */
export function Tools({ session, room, watch, act, openIncidents }: Props) {
  const { t } = useTranslation();
  const { may, sees } = useMe();
  const running = !OVER.includes(session.state);
  const moderates = running && may("moderate");
  return (
    <Group gap={6}>
      {moderates && room && <LayoutPicker room={room} act={act} />}
      {moderates && watch && (
        <>
          <Announce session={session} watch={watch} act={act} />
          <RollCall session={session} watch={watch} act={act} />
        </>
      )}
      {running && <BackChannel session={session} act={act} />}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconNotes size={16} />}
        data-testid="open-incidents"
        onClick={openIncidents}
      >
        {t("console.incident.title")}
      </Button>
      <DocumentsButton session={session} />
      {sees("write_minutes") && (
        <Button
          component={Link}
          to={`/sessions/${session.id}/secretary`}
          size="xs"
          variant="default"
          leftSection={<IconWriting size={16} />}
          data-testid="open-secretary"
        >
          {t("case.open")}
        </Button>
      )}
    </Group>
  );
}
