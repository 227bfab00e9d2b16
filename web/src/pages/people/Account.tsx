import { Alert, Badge, Button, Card, Container, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useApi } from "../../api/useApi";
import { dateTime } from "../../ui/format";
import { OwnPassword } from "./OwnPassword";
import { SecondFactor } from "./SecondFactor";
import { useAttempt } from "./SignIn";

export interface AccountView {
  name: string;
  full_name: string;
  role: string;
  unit: string;
  pending: string;
  second_factor: boolean;
  second_factor_needed: boolean;
  recovery_codes: number;
  password_min: number;
  idle_minutes: number;
  sign_ins: { created_at: string; seen_at: string; address: string; agent: string; here: boolean }[];
}

interface Props {
  /** What must be done before anything else. */
  pending?: string;
  onDone?: () => void;
}

export function Account({ pending = "", onDone }: Props) {
  const { t } = useTranslation();
  const { data, error, reload } = useApi<AccountView>("/account");
  const changed = async () => {
    await reload();
    onDone?.();
  };
  if (error)
    return (
      <Alert variant="light" color="lacquer">
        {error.message}
      </Alert>
    );
  if (!data) return <Loader aria-label={t("app.loading")} />;
  return (
    <Container size={760} px={0}>
      <Stack gap="lg">
        <div>
          <Title order={1} size="h2">
            {t("people.account.title")}
          </Title>
          <Text c="dimmed">
            {[data.full_name || data.name, t(`people.role.${data.role}`), data.unit].filter(Boolean).join(" · ")}
          </Text>
        </div>
        {pending && (
          <Alert variant="light" color="yellow" data-testid="pending">
            {t(pending === "password" ? "people.account.mustChange" : "people.account.mustFactor")}
          </Alert>
        )}
        {pending !== "second_factor" && <OwnPassword view={data} onChanged={changed} />}
        {pending !== "password" && <SecondFactor view={data} onChanged={changed} />}
        {!pending && <SignedInAt view={data} reload={reload} />}
      </Stack>
    </Container>
  );
}

function SignedInAt({ view, reload }: { view: AccountView; reload: () => Promise<void> }) {
  const { t } = useTranslation();
  const { busy, run } = useAttempt();
  return (
    <Card withBorder padding="lg">
      <Title order={2} size="h4" mb="sm">
        {t("people.account.signIns")}
      </Title>
      <Stack gap="xs">
        {view.sign_ins.map((each) => (
          <Group key={each.created_at} gap="sm" wrap="nowrap" align="flex-start">
            <div style={{ flex: 1 }}>
              <Text>{browserName(each.agent)}</Text>
              <Text size="sm" c="dimmed">
                {each.address} · {t("people.account.since", { time: dateTime(each.created_at) })} ·{" "}
                {t("people.account.seen", { time: dateTime(each.seen_at) })}
              </Text>
            </div>
            {each.here && <Badge color="teal.9">{t("people.account.here")}</Badge>}
          </Group>
        ))}
      </Stack>
      <Text size="sm" c="dimmed" mt="sm">
        {t("people.account.idle", { count: view.idle_minutes })}
      </Text>
      {view.sign_ins.length > 1 && (
        <Button
          mt="sm"
          variant="light"
          loading={busy}
          onClick={() =>
            void run(async () => {
              await api("POST", "/account/sign-out-others");
              await reload();
            })
          }
        >
          {t("people.account.others")}
        </Button>
      )}
    </Card>
  );
}

/** "Chrome 142, Windows" out of what browsers say of themselves. */
export function browserName(agent: string): string {
  const named = (name: string) => new RegExp(`(${name})/(\\d+)`).exec(agent);
  const browser = named("Edg") ?? named("Firefox") ?? named("Chrome") ?? named("Safari");
  const system = /Windows|Android|iPhone|iPad|Mac OS|Linux/.exec(agent);
  if (!browser) return agent.slice(0, 60) || "–";
  const name = browser[1] === "Edg" ? "Edge" : browser[1];
  return [`${name} ${browser[2]}`, system?.[0]].filter(Boolean).join(", ");
}
