import { Alert, Button, Card, Group, Loader, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { api } from "../../api/client";
import { useMe } from "../../api/me";
import { useApi } from "../../api/useApi";
import { dateTime } from "../../ui/format";
import { RehearsalMark } from "../../ui/RehearsalMark";
import { Items } from "./Items";
import { Joint } from "./Joint";
import type { EndpointPreflight, PreflightView } from "./types";
import { Waive } from "./Waive";
import { light } from "./words";

const NAME = "diemcau.operator";
type Act = (path: string, body: unknown) => Promise<void>;

/** The operator's view of a session's technical check. */
export function Panel() {
  const { t } = useTranslation();
  const { me } = useMe();
  const { id = "" } = useParams();
  const path = `/sessions/${id}/preflight`;
  const { data, error, reload } = useApi<PreflightView>(path, 2000);
  const [problem, setProblem] = useState("");
  const [name, setName] = useState(() => localStorage.getItem(NAME) ?? me?.name ?? "");
  const act: Act = async (where, body) => {
    setProblem("");
    localStorage.setItem(NAME, name.trim());
    try {
      await api("POST", `${path}${where}`, body);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
    await reload();
  };
  if (!data) return error ? <Alert color="lacquer">{error.message}</Alert> : <Loader aria-label={t("app.loading")} />;
  const names = data.endpoints.filter((each) => data.blocking.includes(each.endpoint_id)).map((each) => each.name);
  return (
    <Stack gap="md">
      <RehearsalMark on={data.kind === "rehearsal"} />
      <Group justify="space-between">
        <Stack gap={0}>
          <Title order={1} size="h2">
            {t("preflight.panel.title")}
          </Title>
          <Text c="dimmed">{data.title}</Text>
        </Stack>
        <Group gap="sm">
          <TextInput
            aria-label={t("preflight.panel.yourName")}
            placeholder={t("preflight.panel.yourName")}
            value={name}
            maxLength={120}
            onChange={(event) => setName(event.currentTarget.value)}
            data-testid="operator-name"
          />
          <Button variant="default" onClick={() => void act("/storage", {})} data-testid="check-storage">
            {t("preflight.panel.storage")}
          </Button>
          <Button
            component={Link}
            to={`/sessions/${id}/preflight/print`}
            variant="default"
            leftSection={<IconPrinter size={18} />}
          >
            {t("preflight.panel.print")}
          </Button>
          <Button component={Link} to={`/sessions/${id}`} variant="light">
            {t("preflight.panel.back")}
          </Button>
        </Group>
      </Group>
      <Alert color={data.blocking.length ? "yellow" : "green"} variant="light" data-testid="gate">
        {data.blocking.length === 0
          ? t("preflight.panel.ready")
          : data.kind === "rehearsal"
            ? t("preflight.panel.rehearsal")
            : t("preflight.panel.blocking", { count: names.length, names: names.join(", ") })}
      </Alert>
      {problem && (
        <Alert color="lacquer" variant="light" withCloseButton onClose={() => setProblem("")}>
          {problem}
        </Alert>
      )}
      {!name.trim() && <Text c="dimmed">{t("preflight.panel.nameFirst")}</Text>}
      <Joint joint={data.joint} endpoints={data.endpoints} disabled={false} onStart={() => void act("/joint", {})} />
      {data.endpoints.map((endpoint) => (
        <Endpoint key={endpoint.endpoint_id} endpoint={endpoint} name={name.trim()} act={act} />
      ))}
    </Stack>
  );
}

function Endpoint({ endpoint, name, act }: { endpoint: EndpointPreflight; name: string; act: Act }) {
  const { t } = useTranslation();
  const heard = endpoint.items.flatMap((item) => item.checks).find((check) => check.other_side);
  const sign = (check: string, answer: string) =>
    void act("/sign", { endpoint_id: endpoint.endpoint_id, check, answer, name, note: "" });
  return (
    <Card withBorder padding="md" data-testid={`preflight-${endpoint.endpoint_id}`} data-state={endpoint.state}>
      <Group justify="space-between" mb="xs">
        <Group gap="sm">
          <span className="light" data-level={light(endpoint.state)} />
          <Title order={2} size="h4">
            {endpoint.name}
          </Title>
          <Text fw={600}>{t(`preflight.state.${endpoint.state}`)}</Text>
          {!endpoint.needed && <Text c="dimmed">{t("preflight.panel.observer")}</Text>}
        </Group>
        <Group gap="xs">
          {heard && (
            <>
              <Button
                size="xs"
                variant={heard.value === "yes" && !heard.expired ? "filled" : "default"}
                disabled={!name}
                onClick={() => sign(heard.key, "yes")}
                data-testid="heard"
              >
                {t("preflight.panel.heard")}
              </Button>
              <Button
                size="xs"
                variant={heard.value === "no" && !heard.expired ? "filled" : "default"}
                disabled={!name}
                onClick={() => sign(heard.key, "no")}
              >
                {t("preflight.panel.notHeard")}
              </Button>
            </>
          )}
          <Button size="xs" variant="default" disabled={!name} onClick={() => sign("centre", "yes")}>
            {t("preflight.panel.signCentre")}
          </Button>
          <Waive endpoint={endpoint} name={name} act={act} />
        </Group>
      </Group>
      <Text size="sm" c="dimmed" mb="xs">
        {t("preflight.panel.site")}: {endpoint.site ? signed(endpoint.site) : t("preflight.panel.unsigned")} ·{" "}
        {t("preflight.panel.centre")}: {endpoint.centre ? signed(endpoint.centre) : t("preflight.panel.unsigned")}
        {endpoint.expires_at && ` · ${t("preflight.panel.expires", { at: dateTime(endpoint.expires_at) })}`}
      </Text>
      <div className="panel-items">
        <Items items={endpoint.items} />
      </div>
    </Card>
  );
}

const signed = (by: { name: string; at: string }): string => `${by.name}, ${dateTime(by.at)}`;
