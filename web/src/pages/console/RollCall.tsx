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

/** "Điểm danh": who is in each room, in what capacity, present or absent. */
export function RollCall({ session, watch, act }: Props) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const rooms = session.endpoints.filter((each) => each.role !== "observer");
  const count = watch.attendance.present_count;
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
        size={900}
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        <Tabs defaultValue={rooms[0]?.id ?? null} orientation="vertical" keepMounted>
          <Tabs.List>
            {rooms.map((room) => (
              <Tabs.Tab key={room.id} value={room.id}>
                {room.name} ({watch.attendance.rooms[room.id]?.people.filter((each) => each.present).length ?? 0})
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {rooms.map((room) => (
            <Tabs.Panel key={room.id} value={room.id} pl="md">
              <RoomPeople room={room} kept={watch.attendance.rooms[room.id]} act={act} />
            </Tabs.Panel>
          ))}
        </Tabs>
      </Modal>
    </>
  );
}

type Kept = WatchView["attendance"]["rooms"][string] | undefined;
let keys = 0;
const keyed = (person: Person) => ({ ...person, key: ++keys });

function RoomPeople({ room, kept, act }: { room: EndpointView; kept: Kept; act: Act }) {
  const { t } = useTranslation();
  const [people, setPeople] = useState(() => (kept?.people ?? []).map(keyed));
  const change = (key: number, part: Partial<Person>) =>
    setPeople((all) => all.map((each) => (each.key === key ? { ...each, ...part } : each)));
  const save = () =>
    void act("PUT", `/attendance/${room.id}`, {
      people: people.filter((each) => each.name.trim()).map(({ key: _, ...person }) => person),
    });
  return (
    <Stack gap="xs" data-testid={`roll-${room.id}`}>
      {people.map((person) => (
        <Group key={person.key} wrap="nowrap" gap={6}>
          <TextInput
            style={{ flex: 1 }}
            aria-label={t("console.roll.name")}
            placeholder={t("console.roll.name")}
            value={person.name}
            maxLength={120}
            onChange={(event) => change(person.key, { name: event.currentTarget.value })}
          />
          <Select
            w={170}
            aria-label={t("console.roll.capacity")}
            allowDeselect={false}
            value={person.capacity}
            data={CAPACITIES.map((value) => ({ value, label: t(`console.roll.is.${value}`) }))}
            onChange={(value) => value && change(person.key, { capacity: value as Person["capacity"] })}
          />
          <SegmentedControl
            size="xs"
            aria-label={t("console.roll.there")}
            value={person.present === null ? "unknown" : String(person.present)}
            data={["true", "false"].map((value) => ({ value, label: t(`console.roll.${value}`) }))}
            onChange={(value) => change(person.key, { present: value === "true" })}
          />
          <ActionIcon
            variant="subtle"
            aria-label={`${t("console.roll.drop")}: ${person.name}`}
            onClick={() => setPeople((all) => all.filter((each) => each.key !== person.key))}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Group justify="space-between">
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlus size={14} />}
          data-testid="roll-add"
          onClick={() =>
            setPeople((all) => [...all, keyed({ name: "", capacity: "official", office: "", present: true })])
          }
        >
          {t("console.roll.add")}
        </Button>
        <Button size="compact-sm" onClick={save} data-testid="roll-save">
          {t("console.roll.save")}
        </Button>
      </Group>
      {kept?.called_at && (
        <Text size="xs" c="dimmed">
          {t("console.roll.called", { time: dateTime(kept.called_at), by: kept.called_by })}
        </Text>
      )}
    </Stack>
  );
}
