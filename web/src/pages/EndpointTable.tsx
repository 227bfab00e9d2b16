import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConsoleView } from "../api/console";
import type { RoomView } from "../api/room";
import type { SessionView } from "../api/types";
import type { Question } from "../ui/confirm";
import { EndpointDrawer } from "./EndpointDrawer";
import { EndpointRow } from "./EndpointRow";
import type { Act } from "./LiveSession";

interface Props {
  session: SessionView;
  view: ConsoleView | null;
  room: RoomView | null;
  /** Small pictures by endpoint. */
  pictures: Record<string, string>;
  act: Act;
  ask: (question: Question) => void;
}

/** All endpoints on one screen, each with its numbers and its actions; one of them in detail beside it. */
export function EndpointTable({ session, view, room, pictures, act, ask }: Props) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState<string | null>(null);
  const chosen = session.endpoints.find((each) => each.id === opened) ?? null;
  return (
    <>
      <div className="endpoints-place">
        <table className="endpoints">
          <thead>
            <tr>
              <th scope="col">{t("live.endpoint")}</th>
              <th scope="col">{t("live.where")}</th>
              <th scope="col">{t("live.lastMinutes")}</th>
              <th scope="col">{t("live.estimate")}</th>
              <th scope="col">{t("live.down")}</th>
              <th scope="col">{t("live.up")}</th>
              <th scope="col">{t("live.loss")}</th>
              <th scope="col">{t("console.delays")}</th>
              <th scope="col">{t("live.sees")}</th>
              <th scope="col">{t("live.sends")}</th>
              <th scope="col">
                <span className="visually-hidden">{t("live.actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {session.endpoints.map((endpoint) => (
              <EndpointRow
                key={endpoint.id}
                session={session}
                endpoint={endpoint}
                room={room}
                picture={pictures[endpoint.id] ?? null}
                rows={view?.history[endpoint.id] ?? null}
                detail={view?.endpoints.find((each) => each.id === endpoint.id) ?? null}
                troubles={view?.troubles.filter((each) => each.endpoint_id === endpoint.id) ?? []}
                act={act}
                ask={ask}
                open={() => setOpened(endpoint.id)}
              />
            ))}
          </tbody>
        </table>
      </div>
      <EndpointDrawer session={session} endpoint={chosen} view={view} act={act} onClose={() => setOpened(null)} />
    </>
  );
}
