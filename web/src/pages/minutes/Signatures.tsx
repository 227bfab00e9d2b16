import { Button, SegmentedControl, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Signature, SignatureState } from "../../api/archive";
import { dateTime } from "../../ui/format";
import type { ReasonQuestion } from "../storage/AskReason";

export type SignatureBody = Pick<Signature, "endpoint_id" | "person" | "capacity"> &
  Partial<Pick<Signature, "state" | "reason" | "left_out">>;

const STATES: SignatureState[] = ["chua_ky", "da_ky", "diem_chi", "tu_choi_ky"];

interface Props {
  signatures: Signature[];
  writable: boolean;
  put: (body: SignatureBody) => void;
  ask: (question: ReasonQuestion) => void;
}

/** Who signs at each endpoint, and whether they did. */
export function Signatures({ signatures, writable, put, ask }: Props) {
  const { t } = useTranslation();
  return (
    <Table verticalSpacing="xs" data-testid="signatures">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t("minutes.endpoint")}</Table.Th>
          <Table.Th>{t("minutes.signer")}</Table.Th>
          <Table.Th>{t("minutes.state")}</Table.Th>
          <Table.Th>{t("minutes.noted")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {signatures.map((each, index) => (
          <Table.Tr key={`${each.endpoint_id} ${each.person}`} data-testid={`signature-${index}`}>
            <Table.Td>{each.endpoint}</Table.Td>
            <Table.Td>
              <Text size="sm" fw={600} {...(each.left_out ? { td: "line-through" } : {})}>
                {each.person || t("minutes.somebody")}
              </Text>
              <Text size="xs" c="dimmed">
                {each.capacity}
              </Text>
            </Table.Td>
            <Table.Td>
              <State signature={each} writable={writable} put={put} ask={ask} />
            </Table.Td>
            <Table.Td>
              {each.at && (
                <Text size="xs">
                  {each.entered_by}, {dateTime(each.at)}
                </Text>
              )}
              {each.reason && (
                <Text size="xs" c="lacquer">
                  {each.reason}
                </Text>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function State(props: { signature: Signature } & Omit<Props, "signatures">) {
  const { t } = useTranslation();
  const { signature, writable, put, ask } = props;
  const who = { endpoint_id: signature.endpoint_id, person: signature.person, capacity: signature.capacity };
  const name = signature.person || signature.capacity;
  const reasoned = (key: "refuse" | "leaveOut", onReason: (reason: string) => void) =>
    ask({
      title: t(`minutes.${key}.title`, { name }),
      text: t(`minutes.${key}.text`),
      label: t(`minutes.${key}.reason`),
      action: t(`minutes.${key}.action`),
      onReason,
    });
  if (signature.left_out) {
    return (
      <Text size="sm">
        {t("minutes.leftOut")}{" "}
        {writable && (
          <Button size="compact-xs" variant="subtle" onClick={() => put(who)}>
            {t("minutes.takeBackLeftOut")}
          </Button>
        )}
      </Text>
    );
  }
  if (!writable) return <Text size="sm">{t(`minutes.signature.${signature.state}`)}</Text>;
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label={t("minutes.stateOf", { name })}
        data={STATES.map((value) => ({ value, label: t(`minutes.signature.${value}`) }))}
        value={signature.state}
        onChange={(value) => {
          const state = value as SignatureState;
          if (state === "tu_choi_ky") reasoned("refuse", (reason) => put({ ...who, state, reason }));
          else put({ ...who, state });
        }}
      />
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        onClick={() => reasoned("leaveOut", (reason) => put({ ...who, left_out: true, reason }))}
      >
        {t("minutes.leaveOut.action")}
      </Button>
    </>
  );
}
