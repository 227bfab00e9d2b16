import { Button } from "@mantine/core";
import { IconHelpCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useHelp } from "./HelpDrawer";

interface Props {
  /** "chapter#anchor"; without it the chapter on the page that is open. */
  target?: string | undefined;
  /** In the dark head line, where there is little room: the word goes on narrow screens, its name stays. */
  head?: boolean;
}

/** Opens the help beside the page. */
export function HelpButton({ target, head = false }: Props) {
  const { t } = useTranslation();
  const openHelp = useHelp();
  return (
    <Button
      variant="subtle"
      {...(head ? { color: "gray.2", className: "help-button" } : {})}
      data-testid="open-help"
      onClick={() => openHelp(target)}
    >
      <IconHelpCircle size={20} aria-hidden />
      <span className="help-word">&nbsp;{t("help.open")}</span>
    </Button>
  );
}
