import { PasswordInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface Props {
  password: string;
  repeat: string;
  minimum: number;
  onPassword: (value: string) => void;
  onRepeat: (value: string) => void;
}

/** A new password twice, with the rule. */
export function NewPassword({ password, repeat, minimum, onPassword, onRepeat }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <PasswordInput
        label={t("people.setup.password")}
        description={t("people.setup.rule", { count: minimum })}
        value={password}
        onChange={(event) => onPassword(event.currentTarget.value)}
        autoComplete="new-password"
        required
      />
      <PasswordInput
        label={t("people.setup.repeat")}
        value={repeat}
        onChange={(event) => onRepeat(event.currentTarget.value)}
        autoComplete="new-password"
        error={repeat && repeat !== password ? t("people.setup.different") : null}
        required
      />
    </>
  );
}
