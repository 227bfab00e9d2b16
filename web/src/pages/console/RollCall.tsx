import {
  ActionIcon,
  Button,
  Group,
  Modal,
  SegmentedControl,
  Select,
  Stack,
  Tabs,
  Text,
  TextInput,
} from "@mantine/core";
import { IconPlus, IconUsers, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EndpointView, SessionView } from "../../api/types";
import { CAPACITIES, type Person, type WatchView } from "../../api/watch";
import { dateTime } from "../../ui/format";
import type { Act } from "../LiveSession";

interface Props {
  session: SessionView;
  watch: WatchView;
  act: Act;
}

type Kept = WatchView["attendance"]["rooms"][string];
type Keyed = Person & { key: number };
let keys = 0;
const keyed = (person: Person): Keyed => ({ ...person, key: ++keys });

/** "Điểm danh": who is in each room, in what capacity, present or absent; begun with those who are expected there. */
export function RollCall({ session, watch, act }: Props) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const rooms = session.endpoints.filter((each) => each.role !== "observer");
  const { present_count: count, connected } = watch.attendance;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconUsers size={16} />}
        data-testid="roll-call"
        onClick={() => setOpened(true)}
      >
        {t("console.roll.title")}
        {count > 0 && ` (${count})`}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t("console.roll.title")}
        size={1160}
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        <Text size="sm" mb="sm" data-testid="roll-here">
          {t("console.roll.here", {
            here: rooms.filter((room) => connected.includes(room.id)).length,
            count: rooms.length,
          })}
        </Text>
        {opened && <Rooms rooms={rooms} attendance={watch.attendance} act={act} />}
      </Modal>
    </>
  );
}

function Rooms({ rooms, attendance, act }: { rooms: EndpointView[]; attendance: WatchView["attendance"]; act: Act }) {
  const { t } = useTranslation();
  const keptOf = (id: string): Kept | undefined => attendance.rooms[id] ?? attendance.proposed[id];
  const [lists, setLists] = useState<Record<string, Keyed[]>>(() =>
    Object.fromEntries(rooms.map((room) => [room.id, (keptOf(room.id)?.people ?? []).map(keyed)])),
  );
  const put = (id: string) =>
    act("PUT", `/attendance/${id}`, {
      people: (lists[id] ?? []).filter((each) => each.name.trim()).map(({ key: _, ...person }) => person),
    });
  const saveAll = async () => {
    for (const room of rooms) if (lists[room.id]?.length || attendance.rooms[room.id]) await put(room.id);
  };
  return (
    <Stack gap="sm">
      <Tabs defaultValue={rooms[0]?.id ?? null} orientation="vertical" keepMounted>
        <Tabs.List>
          {rooms.map((room) => (
            <Tabs.Tab
              key={room.id}
              value={room.id}
              leftSection={
                <span className="light" data-level={attendance.connected.includes(room.id) ? "good" : "unknown"} />
              }
            >
              {room.name} ({(lists[room.id] ?? []).filter((each) => each.present).length})
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {rooms.map((room) => (
          <Tabs.Panel key={room.id} value={room.id} pl="md">
            <RoomPeople
              room={room}
              called={attendance.rooms[room.id]}
              here={attendance.connected.includes(room.id)}
              people={lists[room.id] ?? []}
              change={(people) => setLists((all) => ({ ...all, [room.id]: people }))}
              save={() => void put(room.id)}
            />
          </Tabs.Panel>
        ))}
      </Tabs>
      <Group justify="flex-end">
        <Button onClick={() => void saveAll()} data-testid="roll-save-all">
          {t("console.roll.saveAll")}
        </Button>
      </Group>
    </Stack>
  );
}

function RoomPeople(props: {
  room: EndpointView;
  called: Kept | undefined;
  here: boolean;
  people: Keyed[];
  change: (people: Keyed[]) => void;
  save: () => void;
}) {
  const { t } = useTranslation();
  const { room, called, people, change } = props;
  return (
    <Stack gap="xs" data-testid={`roll-${room.id}`}>
      <Text size="sm" c="dimmed">
        {t(props.here ? "console.roll.connected" : "console.roll.notConnected")}
        {called?.called_at
          ? ` · ${t("console.roll.called", { time: dateTime(called.called_at), by: called.called_by })}`
          : people.length > 0 && ` · ${t("console.roll.proposed")}`}
      </Text>
      {people.length === 0 && <Text size="sm">{t("console.roll.nobody")}</Text>}
      {people.map((person) => (
        <PersonLine
          key={person.key}
          person={person}
          change={(part) => change(people.map((each) => (each.key === person.key ? { ...each, ...part } : each)))}
          drop={() => change(people.filter((each) => each.key !== person.key))}
        />
      ))}
      <Group justify="space-between">
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlus size={14} />}
          data-testid="roll-add"
          onClick={() => change([...people, keyed({ name: "", capacity: "official", office: "", present: true })])}
        >
          {t("console.roll.add")}
        </Button>
        <Button size="compact-sm" variant="light" onClick={props.save} data-testid="roll-save">
          {t("console.roll.save")}
        </Button>
      </Group>
    </Stack>
  );
}

function PersonLine(props: { person: Keyed; change: (part: Partial<Person>) => void; drop: () => void }) {
  const { t } = useTranslation();
  const { person, change } = props;
  return (
    <Group wrap="nowrap" gap={6}>
      <TextInput
        style={{ flex: 1 }}
        aria-label={t("console.roll.name")}
        placeholder={t("console.roll.name")}
        value={person.name}
        maxLength={120}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <TextInput
        style={{ flex: 1 }}
        aria-label={t("console.roll.office")}
        placeholder={t("console.roll.office")}
        value={person.office}
        maxLength={200}
        onChange={(event) => change({ office: event.currentTarget.value })}
      />
      <Select
        w={170}
        aria-label={t("console.roll.capacity")}
        allowDeselect={false}
        value={person.capacity}
        data={CAPACITIES.map((value) => ({ value, label: t(`console.roll.is.${value}`) }))}
        onChange={(value) => value && change({ capacity: value as Person["capacity"] })}
      />
      <SegmentedControl
        size="xs"
        aria-label={t("console.roll.there")}
        value={person.present === null ? "unknown" : String(person.present)}
        data={["true", "false"].map((value) => ({ value, label: t(`console.roll.${value}`) }))}
        onChange={(value) => change({ present: value === "true" })}
      />
      <ActionIcon variant="subtle" aria-label={`${t("console.roll.drop")}: ${person.name}`} onClick={props.drop}>
        <IconX size={16} />
      </ActionIcon>
    </Group>
  );
}
