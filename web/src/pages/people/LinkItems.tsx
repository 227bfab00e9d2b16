import { Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useMe } from "../../api/me";
import type { EndpointView } from "../../api/types";
import type { Question } from "../../ui/confirm";
import { dateTime } from "../../ui/format";

interface Props {
  endpoint: EndpointView;
  /** POST to a path of the session. */
  post: (path: string) => void;
  ask: (question: Question) => void;
}

/** How long an endpoint's link is good, and what those who hand it out do with it: items of a menu. */
export function LinkItems({ endpoint, post, ask }: Props) {
  const { t } = useTranslation();
  const { extent } = useMe();
  if (extent("hand_out_links") !== "full") return null;
  const { id, name, link_state: state } = endpoint;
  const item = (action: "renew" | "revoke", asked: "askRenew" | "askRevoke") => (
    <Menu.Item
      data-testid={`${action}-link`}
      onClick={() =>
        ask({
          title: t(`people.link.${asked}`, { name }),
          text: t(`people.link.${asked}Text`),
          action: t(`people.link.${action}`),
          onYes: () => post(`/endpoints/${id}/link/${action}`),
        })
      }
    >
      {t(`people.link.${action}`)}
    </Menu.Item>
  );
  return (
    <>
      <Menu.Divider />
      <Menu.Label>
        {endpoint.guest ? `${t("people.link.guest")} · ` : ""}
        {state === "good"
          ? t("people.link.until", { time: dateTime(endpoint.link_expires_at) })
          : t(`people.link.${state}`)}
      </Menu.Label>
      {item("renew", "askRenew")}
      {state !== "revoked" && item("revoke", "askRevoke")}
      <Menu.Divider />
    </>
  );
}
