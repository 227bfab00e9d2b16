import { Button, Group, Modal, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EndpointPreflight } from "./types";

const SHORTEST = 5;

/** Go on without an item: who allows it, and why. Or take that back. */
export function Waive(props: {
  endpoint: EndpointPreflight;
  name: string;
  act: (path: string, body: unknown) => Promise<void>;
}) {
  const { t } = useTranslation();
  const { endpoint } = props;
  const [open, setOpen] = useState(false);
  const [item, setItem] = useState("*");
  const [reason, setReason] = useState("");
  const [who, setWho] = useState("");
  const waived = endpoint.items.filter((each) => each.waiver);
  const bad = endpoint.items.filter((each) => each.verdict === "fail" || each.verdict === "not_measured");
  const show = () => {
    setWho(props.name);
    setReason("");
    setOpen(true);
  };
  const send = async () => {
    await props.act("/waive", { endpoint_id: endpoint.endpoint_id, item, name: who.trim(), reason: reason.trim() });
    setOpen(false);
  };
  return (
    <>
      <Button size="xs" variant="default" onClick={show} disabled={bad.length === 0} data-testid="waive">
        {t("preflight.panel.waive")}
      </Button>
      {waived.length > 0 && (
        <Button
          size="xs"
          variant="subtle"
          disabled={!props.name}
          onClick={() => {
            for (const each of ["*", ...waived.map((one) => one.item)]) {
              void props.act("/waive", {
                endpoint_id: endpoint.endpoint_id,
                item: each,
                name: props.name,
                withdraw: true,
              });
            }
          }}
        >
          {t("preflight.panel.withdraw")}
        </Button>
      )}
      <Modal opened={open} onClose={() => setOpen(false)} title={`${t("preflight.panel.waive")}: ${endpoint.name}`}>
        <Stack>
          <Select
            label={t("preflight.panel.what")}
            data={[
              { value: "*", label: t("preflight.panel.whole") },
              ...bad.map((each) => ({ value: each.item, label: t(`preflight.item.${each.item}`) })),
            ]}
            value={item}
            onChange={(value) => setItem(value ?? "*")}
            allowDeselect={false}
          />
          <TextInput
            label={t("preflight.panel.who")}
            value={who}
            maxLength={120}
            onChange={(event) => setWho(event.currentTarget.value)}
          />
          <Textarea
            label={t("preflight.panel.reason")}
            value={reason}
            maxLength={1000}
            autosize
            minRows={3}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setOpen(false)}>
              {t("app.cancel")}
            </Button>
            <Button
              disabled={!who.trim() || reason.trim().length < SHORTEST}
              onClick={() => void send()}
              data-testid="waive-yes"
            >
              {t("preflight.panel.waive")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
