import { ActionIcon, Autocomplete, Button, Checkbox, Group, Stack, Text, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Room } from "../../api/registry";
import { useApi } from "../../api/useApi";
import { emptySeat, type Seat } from "./draft";

/** An endpoint: chosen from the registry or typed, with the delegates who will be there. */
export function SeatField(props: {
  seat: Seat;
  label: string;
  change: (seat: Seat) => void;
  remove?: (() => void) | undefined;
  withGuest?: boolean;
  testId?: string;
}) {
  const { t } = useTranslation();
  const { seat, change } = props;
  const [asked] = useDebouncedValue(seat.name, 200);
  const rooms = useApi<{ endpoints: Room[] }>(`/registry?active=yes&limit=12&q=${encodeURIComponent(asked)}`);
  const found = rooms.data?.endpoints ?? [];
  const fixed = seat.id !== null;
  const choose = (name: string) => {
    const room = found.find((each) => each.name === name);
    change({ ...seat, name, registeredId: room?.id ?? null, organisation: room?.organisation ?? "" });
  };
  return (
    <Group wrap="nowrap" align="flex-start">
      <Autocomplete
        style={{ flex: 1 }}
        aria-label={props.label}
        placeholder={t("course.form.fromRegistry")}
        data={found.map((room) => room.name)}
        filter={({ options }) => options}
        value={seat.name}
        onChange={choose}
        readOnly={fixed}
        maxLength={120}
        data-testid={props.testId}
      />
      <Textarea
        style={{ flex: 1 }}
        aria-label={`${t("course.form.people")}: ${seat.name || props.label}`}
        placeholder={t("course.form.peopleHint")}
        autosize
        minRows={1}
        maxRows={5}
        value={seat.people}
        onChange={(event) => change({ ...seat, people: event.currentTarget.value })}
      />
      {props.withGuest && (
        <Checkbox
          mt={8}
          label={t("course.form.guest")}
          aria-label={`${t("course.form.guest")}: ${seat.name || props.label}`}
          checked={seat.guest}
          disabled={fixed}
          data-testid={`${props.testId}-guest`}
          onChange={(event) => change({ ...seat, guest: event.currentTarget.checked })}
        />
      )}
      {props.remove && (
        <ActionIcon
          size="lg"
          variant="subtle"
          aria-label={t("course.form.remove", { name: seat.name || props.label })}
          onClick={props.remove}
        >
          <IconX size={18} />
        </ActionIcon>
      )}
    </Group>
  );
}

export function SeatRows(props: {
  title: string;
  add: string;
  seats: Seat[];
  onChange: (seats: Seat[]) => void;
  most: number;
  testId: string;
}) {
  const { t } = useTranslation();
  const { seats, onChange } = props;
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0 }} id={props.testId}>
      <Group justify="space-between" mb={6}>
        <Text component="legend" fw={500} size="sm">
          {props.title}
        </Text>
        <Text size="xs" c="dimmed">
          {seats.length > 0 ? t("course.form.guestHint") : ""}
        </Text>
      </Group>
      <Stack gap="xs">
        {seats.map((seat, index) => (
          <SeatField
            key={seat.key}
            seat={seat}
            label={t("course.form.number", { n: index + 1 })}
            change={(changed) => onChange(seats.map((each) => (each.key === seat.key ? changed : each)))}
            remove={() => onChange(seats.filter((each) => each.key !== seat.key))}
            testId={`${props.testId}-${index + 1}`}
            withGuest
          />
        ))}
      </Stack>
      <Button
        mt="xs"
        variant="light"
        leftSection={<IconPlus size={18} />}
        disabled={seats.length >= props.most}
        data-testid={`add-${props.testId}`}
        onClick={() => onChange([...seats, emptySeat()])}
      >
        {props.add}
      </Button>
    </fieldset>
  );
}
