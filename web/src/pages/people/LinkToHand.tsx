import { Button, Code, CopyButton, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { dateTime } from "../../ui/format";
import type { UserView } from "./Users";

export interface UserLink {
  user: UserView;
  url: string;
  expires_at: string;
}

/** The one-time link of a user, shown once, to be handed over. */
export function LinkToHand({ link, onClose }: { link: UserLink | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={link !== null}
      onClose={onClose}
      title={t("people.users.linkTitle", { name: link?.user.full_name || link?.user.name })}
      size="lg"
      closeButtonProps={{ "aria-label": t("app.close") }}
      centered
    >
      {link && (
        <Stack>
          <Text>{t("people.users.linkText", { time: dateTime(link.expires_at) })}</Text>
          <Code block fz="sm" data-testid="one-time-link" style={{ wordBreak: "break-all", whiteSpace: "normal" }}>
            {link.url}
          </Code>
          <CopyButton value={link.url}>
            {({ copied, copy }) => <Button onClick={copy}>{t(copied ? "app.copied" : "people.users.copyLink")}</Button>}
          </CopyButton>
        </Stack>
      )}
    </Modal>
  );
}
