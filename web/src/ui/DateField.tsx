import { ActionIcon, TextInput, type TextInputProps } from "@mantine/core";
import { IconCalendar } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { read, shown } from "./dates";

interface Props extends Omit<TextInputProps, "value" | "onChange" | "type"> {
  /** "2026-11-30", with time "2026-11-30T14:00"; "" for none. */
  value: string;
  onChange: (value: string) => void;
  withTime?: boolean;
}

/** A day as it is written here, 30/11/2026 14:00, whatever language the browser has; or chosen in its calendar. */
export function DateField({ value, onChange, withTime = false, ...rest }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState(shown(value));
  const typed = useRef<HTMLInputElement>(null);
  const calendar = useRef<HTMLInputElement>(null);
  const bad = read(text, withTime) === null;
  const problem = t(withTime ? "app.date.badTime" : "app.date.bad");
  const told = useRef(value); // what was typed last is kept as it was typed; another value replaces it
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setText(shown(value));
  }, [value]);
  useEffect(() => typed.current?.setCustomValidity(bad ? problem : ""), [bad, problem]);
  const set = (next: string) => {
    setText(next);
    told.current = read(next, withTime) ?? "";
    onChange(told.current);
  };
  return (
    <TextInput
      placeholder={t(withTime ? "app.date.likeTime" : "app.date.like")}
      inputMode="numeric"
      autoComplete="off"
      {...rest}
      ref={typed}
      value={text}
      error={rest.error ?? (bad && document.activeElement !== typed.current ? problem : undefined)}
      onChange={(event) => set(event.currentTarget.value)}
      onBlur={() => setText(bad ? text.trim() : shown(value))}
      rightSection={
        <>
          <input
            ref={calendar}
            type={withTime ? "datetime-local" : "date"}
            className="hidden-calendar"
            tabIndex={-1}
            aria-hidden="true"
            value={value}
            onChange={(event) => set(shown(event.currentTarget.value))}
          />
          <ActionIcon
            variant="subtle"
            tabIndex={-1}
            disabled={rest.disabled ?? false}
            aria-label={t("app.date.pick")}
            title={t("app.date.pick")}
            onClick={() => calendar.current?.showPicker()}
          >
            <IconCalendar size={18} />
          </ActionIcon>
        </>
      }
    />
  );
}
