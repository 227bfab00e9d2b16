import { Button, Group, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Signature } from "../../api/archive";
import type { SignatureBody } from "./Signatures";

/** One more person who signs at an endpoint. */
export function AddSigner({ signatures, put }: { signatures: Signature[]; put: (body: SignatureBody) => void }) {
  const { t } = useTranslation();
  const endpoints = [...new Map(signatures.map((each) => [each.endpoint_id, each.endpoint]))];
  const [endpoint, setEndpoint] = useState<string | null>(null);
  const [person, setPerson] = useState("");
  const [capacity, setCapacity] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!endpoint) return;
        put({ endpoint_id: endpoint, person: person.trim(), capacity: capacity.trim() });
        setPerson("");
        setCapacity("");
      }}
    >
      <Group align="flex-end" gap="xs">
        <Select
          label={t("minutes.add.endpoint")}
          data={endpoints.map(([value, label]) => ({ value, label }))}
          value={endpoint}
          onChange={setEndpoint}
          data-testid="signer-endpoint"
        />
        <TextInput
          label={t("minutes.add.person")}
          value={person}
          maxLength={120}
          onChange={(event) => setPerson(event.currentTarget.value)}
          data-testid="signer-person"
        />
        <TextInput
          label={t("minutes.add.capacity")}
          value={capacity}
          maxLength={200}
          onChange={(event) => setCapacity(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={!endpoint || !person.trim()} data-testid="add-signer">
          {t("minutes.add.action")}
        </Button>
      </Group>
    </form>
  );
}
