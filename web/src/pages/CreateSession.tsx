import { ActionIcon, Alert, Anchor, Button, Card, Group, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { api } from "../api/client";
import type { ProfileView, SessionView } from "../api/types";
import { useApi } from "../api/useApi";
import { language } from "../i18n";

const KINDS = ["dinh_ky", "dot_xuat", "vu_viec", "rehearsal"] as const;
const MAX_DELEGATES = 10;

export function CreateSession() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const profiles = useApi<{ profiles: ProfileView[] }>("/profiles");
  const today = new Intl.DateTimeFormat("vi-VN", { dateStyle: "short", timeZone: "Asia/Ho_Chi_Minh" }).format();
  const [title, setTitle] = useState(t("create.defaultName", { date: today }));
  const [kind, setKind] = useState<string>("dinh_ky");
  const [profile, setProfile] = useState("30-5");
  const [central, setCentral] = useState(t("create.centralDefault"));
  const [delegates, setDelegates] = useState(() => [1, 2, 3].map((n) => t("create.delegateDefault", { n })));
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    setProblem("");
    try {
      const session = await api<SessionView>("POST", "/sessions", {
        title,
        kind,
        profile,
        central: { name: central },
        delegates: delegates.map((name) => ({ name })),
      });
      navigate(`/sessions/${session.id}`);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
      setBusy(false);
    }
  };
  return (
    <Card withBorder padding="xl" maw={860} mx="auto">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="md">
          <Title order={1} size="h2">
            {t("create.title")}
          </Title>
          <TextInput
            label={t("create.name")}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
            required
            maxLength={200}
          />
          <Group grow>
            <Select
              label={t("create.kind")}
              data={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
              value={kind}
              onChange={(value) => setKind(value ?? "dinh_ky")}
              allowDeselect={false}
            />
            <Select
              label={t("create.profile")}
              data={(profiles.data?.profiles ?? [])
                .filter((each) => each.ok)
                .map((each) => ({
                  value: each.name,
                  label: language() === "vi" ? each.title_vi : each.title_en,
                }))}
              value={profile}
              onChange={(value) => setProfile(value ?? "30-5")}
              allowDeselect={false}
            />
          </Group>
          <Anchor
            component={Link}
            to={`/simulate?profile=${encodeURIComponent(profile)}&delegates=${delegates.length}`}
            size="sm"
            data-testid="try-first"
          >
            {t("simulate.tryFirst")}
          </Anchor>
          <TextInput
            label={t("create.central")}
            value={central}
            onChange={(event) => setCentral(event.currentTarget.value)}
            required
            maxLength={120}
          />
          <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
            <Text component="legend" fw={500} size="sm" mb={6}>
              {t("create.delegates")}
            </Text>
            <Stack gap="xs">
              {delegates.map((name, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
                <Group key={index} wrap="nowrap">
                  <TextInput
                    style={{ flex: 1 }}
                    aria-label={t("create.delegateDefault", { n: index + 1 })}
                    value={name}
                    required
                    maxLength={120}
                    onChange={(event) => {
                      const value = event.currentTarget.value;
                      setDelegates((all) => all.map((each, at) => (at === index ? value : each)));
                    }}
                  />
                  <ActionIcon
                    size="lg"
                    variant="subtle"
                    aria-label={t("create.removeOne", { name })}
                    disabled={delegates.length <= 1}
                    onClick={() => setDelegates((all) => all.filter((_, at) => at !== index))}
                  >
                    <IconX size={18} />
                  </ActionIcon>
                </Group>
              ))}
            </Stack>
          </fieldset>
          <Group justify="space-between">
            <Button
              variant="light"
              leftSection={<IconPlus size={18} />}
              disabled={delegates.length >= MAX_DELEGATES}
              onClick={() => setDelegates((all) => [...all, t("create.delegateDefault", { n: all.length + 1 })])}
            >
              {t("create.add")}
            </Button>
            <Text size="sm" c="dimmed">
              {t("create.hint")}
            </Text>
          </Group>
          {problem && (
            <Alert variant="light" color="lacquer">
              {problem}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button type="submit" size="md" loading={busy} data-testid="create-session">
              {t("create.submit")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
