import { Alert, Button, Card, PasswordInput, Stack, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import type { AccountView } from "./Account";
import { NewPassword } from "./NewPassword";
import { useAttempt } from "./SignIn";

/** Changing the own password. */
export function OwnPassword({ view, onChanged }: { view: AccountView; onChanged: () => Promise<void> }) {
  const { t } = useTranslation();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [repeat, setRepeat] = useState("");
  const { busy, fault, run } = useAttempt();
  const change = () =>
    run(async () => {
      await api("POST", "/account/password", { current, new: password });
      for (const clear of [setCurrent, setPassword, setRepeat]) clear("");
      notifications.show({ message: t("people.account.changed"), color: "teal" });
      await onChanged();
    });
  return (
    <Card withBorder padding="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void change();
        }}
      >
        <Stack>
          <Title order={2} size="h4">
            {t("people.account.password")}
          </Title>
          <PasswordInput
            label={t("people.account.current")}
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
            autoComplete="current-password"
            required
          />
          <NewPassword
            password={password}
            repeat={repeat}
            minimum={view.password_min}
            onPassword={setPassword}
            onRepeat={setRepeat}
          />
          {fault && (
            <Alert variant="light" color="lacquer" role="alert">
              {fault}
            </Alert>
          )}
          <Button
            type="submit"
            loading={busy}
            disabled={!current || !password || password !== repeat}
            style={{ alignSelf: "flex-start" }}
          >
            {t("people.account.change")}
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
