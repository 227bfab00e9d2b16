import { Alert, Badge, Button, Card, Group, Loader, Pagination, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { type Asked, type FoundSession, type Hit, NOTHING, type SearchResult, searchPath } from "../../api/search";
import type { SessionState } from "../../api/types";
import { useApi } from "../../api/useApi";
import { dateTime, duration } from "../../ui/format";
import { StateBadge } from "../../ui/StateBadge";
import { OpenFile } from "./OpenFile";
import { SearchForm } from "./SearchForm";

const PAGE = 20;
const NAMES = Object.keys(NOTHING) as (keyof Asked)[];

/** Sessions by words, day, site, class, chair or citizen; what is asked stands in the address. */
export function SearchPage() {
  const { t } = useTranslation();
  const [address, setAddress] = useSearchParams();
  const asked = Object.fromEntries(
    NAMES.map((name) => [name, name === "citizen" ? "" : (address.get(name) ?? "")]),
  ) as unknown as Asked;
  // A citizen's number never stands in the address, where it would be kept in histories.
  const [citizen, setCitizen] = useState("");
  const [page, setPage] = useState(1);
  const [opening, setOpening] = useState<FoundSession | null>(null);
  const { data, error } = useApi<SearchResult>(searchPath({ ...asked, citizen }, (page - 1) * PAGE, PAGE));
  const search = (next: Asked) => {
    setPage(1);
    setCitizen(next.citizen);
    setAddress(Object.fromEntries(Object.entries(next).filter(([name, value]) => value.trim() && name !== "citizen")));
  };
  return (
    <Stack gap="md">
      <div>
        <Title order={1} size="h2">
          {t("search.title")}
        </Title>
        <Text c="dimmed">{t("search.text")}</Text>
      </div>
      <SearchForm key={address.toString()} asked={{ ...asked, citizen }} onSearch={search} />
      {error && (
        <Alert variant="light" color="lacquer" data-testid="problem">
          {error.message}
        </Alert>
      )}
      {!data && !error && <Loader aria-label={t("app.loading")} />}
      {data && (
        <Text c="dimmed" size="sm" role="status" data-testid="found-count">
          {t("search.count", { count: data.total })} {data.total === 0 && t("search.nothing")}{" "}
          {!data.private && t("search.notPrivate")}
        </Text>
      )}
      {data?.found.map((each) => (
        <Found key={each.id} found={each} onOpen={() => setOpening(each)} />
      ))}
      {data && data.total > PAGE && (
        <Pagination
          total={Math.ceil(data.total / PAGE)}
          value={page}
          onChange={setPage}
          aria-label={t("course.list.page")}
          getControlProps={(control) => ({ "aria-label": control })}
          getItemProps={(number) => ({ "aria-label": `${t("course.list.page")} ${number}` })}
        />
      )}
      <OpenFile session={opening} onClose={() => setOpening(null)} />
    </Stack>
  );
}

function Found({ found, onOpen }: { found: FoundSession; onOpen: () => void }) {
  const { t } = useTranslation();
  const facts = [
    found.code,
    t(`kind.${found.kind}`, { defaultValue: found.kind }),
    dateTime(found.when),
    found.chair_name && t("course.list.chair", { name: found.chair_name }),
    found.matter_class && t("search.classShort", { number: found.matter_class }),
  ].filter(Boolean);
  return (
    <Card withBorder padding="md" data-testid="found">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Group gap="sm">
            <Text fw={600} size="lg">
              {found.title}
            </Text>
            <StateBadge state={found.state as SessionState} />
            {found.kind === "rehearsal" && (
              <Badge size="lg" color="grape" variant="light">
                {t("course.rehearsal.watermark")}
              </Badge>
            )}
          </Group>
          <Text c="dimmed" size="sm" mt={4}>
            {facts.join(" · ")}
          </Text>
          <Text size="sm" lineClamp={1}>
            {found.endpoints.join(", ")}
          </Text>
          {found.hits
            .filter((hit) => hit.kind !== "session")
            .map((hit, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: hits have no name of their own and never move
              <HitLine key={index} hit={hit} id={found.id} />
            ))}
        </div>
        <Group wrap="nowrap" gap="xs">
          {found.recording && (
            <Button component={Link} to={`/recordings/${found.id}`} variant="subtle">
              {t("recordings.play")}
            </Button>
          )}
          {found.may_open && (
            <Button variant="light" onClick={onOpen} data-testid="open-file">
              {t("search.open")}
            </Button>
          )}
        </Group>
      </Group>
    </Card>
  );
}

function HitLine({ hit, id }: { hit: Hit; id: string }) {
  const { t } = useTranslation();
  return (
    <Text size="sm" mt={2} lineClamp={2} data-testid={`hit-${hit.kind}`}>
      <Badge size="sm" variant="light" color="gray" mr={6}>
        {t(`search.hit.${hit.kind}`)}
      </Badge>
      {hit.kind === "marker" && hit.at_s !== null ? (
        <Link to={`/recordings/${id}?t=${Math.max(0, hit.at_s - 2).toFixed(1)}`}>
          {duration(hit.at_s)} {hit.text}
        </Link>
      ) : (
        hit.text
      )}
    </Text>
  );
}
