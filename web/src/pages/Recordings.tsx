import {
  Alert,
  Badge,
  Button,
  Card,
  Group,
  Loader,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { type Filters, NO_FILTERS, type RecordingList, searchPath } from "../api/recordings";
import type { RecordingView } from "../api/types";
import { useApi } from "../api/useApi";
import { DateField } from "../ui/DateField";
import { bytes, dateTime, duration } from "../ui/format";

const PAGE = 50;
const KINDS = ["dinh_ky", "dot_xuat", "vu_viec", "rehearsal"] as const;
const NAMES = Object.keys(NO_FILTERS) as (keyof Filters)[];

export function Recordings() {
  const { t } = useTranslation();
  const [address, setAddress] = useSearchParams();
  const filters = Object.fromEntries(NAMES.map((name) => [name, address.get(name) ?? ""])) as unknown as Filters;
  const [limit, setLimit] = useState(PAGE);
  const { data, error } = useApi<RecordingList>(searchPath(filters, limit), 5000);
  const asked = NAMES.some((name) => filters[name]);
  const search = (next: Filters) => {
    setLimit(PAGE);
    setAddress(Object.fromEntries(Object.entries(next).filter(([, value]) => value.trim())));
  };
  return (
    <Stack gap="md">
      <Title order={1} size="h2">
        {t("recordings.title")}
      </Title>
      <SearchForm key={address.toString()} filters={filters} onSearch={search} />
      {error && (
        <Alert variant="light" color="lacquer">
          {data ? t("app.serverLost") : error.message}
        </Alert>
      )}
      {!data && !error && <Loader aria-label={t("app.loading")} />}
      {data && (
        <Text c="dimmed" size="sm" role="status" data-testid="found">
          {data.total
            ? t("catalogue.found", { count: data.total })
            : t(asked ? "catalogue.nothing" : "recordings.empty")}
        </Text>
      )}
      {data?.recordings.map((recording) => (
        <Found key={recording.id} recording={recording} />
      ))}
      {data && data.total > data.recordings.length && (
        <Button variant="default" onClick={() => setLimit(limit + PAGE)}>
          {t("catalogue.more")}
        </Button>
      )}
    </Stack>
  );
}

function SearchForm({ filters, onSearch }: { filters: Filters; onSearch: (filters: Filters) => void }) {
  const { t } = useTranslation();
  const [values, setValues] = useState(filters);
  const set = (name: keyof Filters) => (value: string | null) =>
    setValues((before) => ({ ...before, [name]: value ?? "" }));
  const date = (name: keyof Filters) => (
    <DateField
      label={t(`catalogue.${name}`)}
      value={values[name]}
      data-testid={`search-${name}`}
      onChange={(value) => set(name)(value)}
    />
  );
  const field = (name: keyof Filters) => (
    <TextInput
      label={t(`catalogue.${name}`)}
      value={values[name]}
      maxLength={200}
      data-testid={`search-${name}`}
      onChange={(event) => set(name)(event.currentTarget.value)}
    />
  );
  return (
    <Card withBorder padding="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSearch(values);
        }}
      >
        <SimpleGrid cols={4} spacing="sm" verticalSpacing="xs">
          {field("text")}
          {field("endpoint")}
          {field("place")}
          {field("person")}
          {date("from")}
          {date("to")}
          <Select
            label={t("catalogue.kind")}
            placeholder={t("catalogue.anyKind")}
            clearable
            data={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
            value={values.kind || null}
            onChange={set("kind")}
          />
          <Group align="flex-end" gap="xs">
            <Button type="submit" leftSection={<IconSearch size={18} />} data-testid="search">
              {t("catalogue.search")}
            </Button>
            <Button variant="subtle" onClick={() => onSearch(NO_FILTERS)}>
              {t("catalogue.clear")}
            </Button>
          </Group>
        </SimpleGrid>
      </form>
    </Card>
  );
}

function Found({ recording }: { recording: RecordingView }) {
  const { t } = useTranslation();
  const page = `/recordings/${recording.id}`;
  return (
    <Card withBorder padding="md" data-testid="recording">
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Group gap="sm">
            <Text fw={600} size="lg">
              {recording.title}
            </Text>
            <Badge variant="light" color={recording.state === "done" ? "teal" : "yellow"} c="dark.8">
              {t(`recordings.state.${recording.state}`)}
            </Badge>
            <Text size="sm" c="dimmed">
              {t(`kind.${recording.kind}`, { defaultValue: recording.kind })}
            </Text>
          </Group>
          <Text c="dimmed" size="sm" mt={4}>
            {dateTime(recording.started_at)} · {duration(recording.duration_s)} · {bytes(recording.bytes)}
          </Text>
          <Text size="sm" mt={4} lineClamp={2}>
            {recording.endpoints.join(", ")}
          </Text>
          {recording.persons.length > 0 && (
            <Text size="sm" lineClamp={1}>
              {t("catalogue.persons")}: {recording.persons.join(", ")}
            </Text>
          )}
          {recording.found.slice(0, 5).map((marker) => (
            <Text size="sm" key={`${marker.at} ${marker.text}`}>
              <Link to={`${page}?t=${Math.max(0, marker.at_s - 2).toFixed(1)}`}>
                {duration(marker.at_s)} {marker.text}
              </Link>
            </Text>
          ))}
        </div>
        <Button component={Link} to={page} variant="light" style={{ flex: "none" }}>
          {t("recordings.play")}
        </Button>
      </Group>
    </Card>
  );
}
