import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  Card,
  Group,
  Loader,
  Pagination,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDownload, IconPencil, IconPlus, IconSearch, IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { request } from "../../api/client";
import { LEVELS, type Room } from "../../api/registry";
import { useApi } from "../../api/useApi";
import { saveFile } from "../../ui/saveFile";
import { ImportRooms } from "./ImportRooms";
import { RoomForm } from "./RoomForm";

const PAGE = 50;

/** The rooms that sessions may invite. */
export function Registry() {
  const { t } = useTranslation();
  const [words, setWords] = useState("");
  const [asked] = useDebouncedValue(words, 250);
  const [level, setLevel] = useState("");
  const [page, setPage] = useState(1);
  const [edited, setEdited] = useState<Room | "new" | null>(null);
  const [importing, setImporting] = useState(false);
  const [told, setTold] = useState("");
  const query = `q=${encodeURIComponent(asked)}&level=${level}&limit=${PAGE}&offset=${(page - 1) * PAGE}`;
  const { data, error, reload } = useApi<{ endpoints: Room[]; total: number }>(`/registry?${query}`);
  const done = (message: string) => {
    setEdited(null);
    setTold(message);
    void reload();
  };
  const exported = async () =>
    saveFile(await (await request("GET", "/registry/export.csv")).blob(), "danh-muc-diem-cau.csv");
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <div>
          <Title order={1} size="h2">
            {t("registry.title")}
          </Title>
          <Text c="dimmed">{t("registry.text")}</Text>
        </div>
        <Group>
          <Button variant="default" leftSection={<IconDownload size={18} />} onClick={() => void exported()}>
            {t("registry.export")}
          </Button>
          <Button
            variant="light"
            leftSection={<IconUpload size={18} />}
            onClick={() => setImporting(true)}
            data-testid="import-rooms"
          >
            {t("registry.import")}
          </Button>
          <Button leftSection={<IconPlus size={18} />} onClick={() => setEdited("new")} data-testid="add-room">
            {t("registry.add")}
          </Button>
        </Group>
      </Group>
      <Group>
        <TextInput
          style={{ flex: 1 }}
          aria-label={t("registry.search")}
          placeholder={t("registry.search")}
          leftSection={<IconSearch size={18} />}
          value={words}
          onChange={(event) => {
            setWords(event.currentTarget.value);
            setPage(1);
          }}
          data-testid="search-rooms"
        />
        <Select
          w={220}
          aria-label={t("registry.level")}
          data={[
            { value: "", label: t("registry.allLevels") },
            ...LEVELS.map((value) => ({ value, label: t(`course.level.${value}`) })),
          ]}
          value={level}
          allowDeselect={false}
          onChange={(value) => {
            setLevel(value ?? "");
            setPage(1);
          }}
        />
      </Group>
      {told && (
        <Alert
          variant="light"
          color="teal"
          withCloseButton
          closeButtonLabel={t("app.close")}
          onClose={() => setTold("")}
          data-testid="told"
        >
          {told}
        </Alert>
      )}
      {error && (
        <Alert variant="light" color="lacquer">
          {error.message}
        </Alert>
      )}
      {!data && !error && <Loader aria-label={t("app.loading")} />}
      {data && <Rooms rooms={data.endpoints} searched={Boolean(asked || level)} edit={setEdited} />}
      {data && data.total > 0 && (
        <Group justify="space-between">
          <Text size="sm" c="dimmed" data-testid="room-count">
            {t("registry.count", { total: data.total })}
          </Text>
          {data.total > PAGE && (
            <Pagination
              total={Math.ceil(data.total / PAGE)}
              value={page}
              onChange={setPage}
              getItemProps={(number) => ({ "aria-label": `${t("course.list.page")} ${number}` })}
              getControlProps={(control) => ({ "aria-label": control })}
            />
          )}
        </Group>
      )}
      <RoomForm edited={edited} onClose={() => setEdited(null)} onDone={done} />
      <ImportRooms opened={importing} onClose={() => setImporting(false)} onDone={done} />
    </Stack>
  );
}

function Rooms({ rooms, searched, edit }: { rooms: Room[]; searched: boolean; edit: (room: Room) => void }) {
  const { t } = useTranslation();
  if (rooms.length === 0) {
    return (
      <Card withBorder padding="xl">
        <Text size="lg">{t(searched ? "registry.noMatch" : "registry.none")}</Text>
      </Card>
    );
  }
  const columns = ["name", "level", "organisation", "place", "line", "technician", "equipment"];
  return (
    <Card withBorder padding={0}>
      <Table.ScrollContainer minWidth={900}>
        <Table verticalSpacing="xs" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              {columns.map((name) => (
                <Table.Th key={name}>{t(`registry.${name}`)}</Table.Th>
              ))}
              <Table.Th>
                <span className="visually-hidden">{t("registry.actions")}</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rooms.map((room) => (
              <RoomLine key={room.id} room={room} edit={() => edit(room)} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}

function RoomLine({ room, edit }: { room: Room; edit: () => void }) {
  const { t } = useTranslation();
  return (
    <Table.Tr data-testid={`room-${room.name}`}>
      <Table.Td>
        <Group gap="xs">
          <Text fw={600}>{room.name}</Text>
          {room.main && (
            <Badge size="sm" variant="light">
              {t("registry.mainShort")}
            </Badge>
          )}
          {!room.active && (
            <Badge size="sm" color="gray" variant="light">
              {t("registry.inactive")}
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td>{t(`course.level.${room.level}`)}</Table.Td>
      <Table.Td>{room.organisation}</Table.Td>
      <Table.Td>{[room.place, room.room].filter(Boolean).join(", ")}</Table.Td>
      <Table.Td>{room.line}</Table.Td>
      <Table.Td>
        {room.technician}
        {room.phone && (
          <Text size="sm" c="dimmed">
            {room.phone}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Text size="sm" lineClamp={2}>
          {room.equipment}
        </Text>
      </Table.Td>
      <Table.Td>
        <ActionIcon variant="subtle" size="lg" aria-label={t("registry.editOne", { name: room.name })} onClick={edit}>
          <IconPencil size={18} />
        </ActionIcon>
      </Table.Td>
    </Table.Tr>
  );
}
