import { Button, Group } from "@mantine/core";
import { IconDownload, IconPrinter } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchFile, type PaperFormat } from "../../api/papers";
import { saveFile } from "../../ui/saveFile";

interface Parts {
  /** Below /api/v1; the format is added. */
  path: string;
  title: string;
  formats: PaperFormat[];
  testId: string;
  onProblem: (text: string) => void;
}

/** A button for each format; a PDF can be opened as well, to be read and printed. */
export function FileButtons({ path, title, formats, testId, onProblem }: Parts) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState("");
  const get = async (format: PaperFormat, look: boolean) => {
    const tab = look ? window.open("", "_blank") : null; // at once, or the browser takes it for an unasked window
    setBusy(`${format}${look}`);
    onProblem("");
    try {
      const { content, name } = await fetchFile(`${path}${path.includes("?") ? "&" : "?"}format=${format}`);
      if (tab) tab.location.href = URL.createObjectURL(content);
      else saveFile(content, name);
    } catch (failure) {
      tab?.close();
      onProblem(failure instanceof Error ? failure.message : String(failure));
    }
    setBusy("");
  };
  return (
    <Group gap="xs" wrap="nowrap">
      {formats.includes("pdf") && (
        <Button
          size="xs"
          variant="light"
          leftSection={<IconPrinter size={16} />}
          loading={busy === "pdftrue"}
          disabled={busy !== ""}
          onClick={() => void get("pdf", true)}
          aria-label={t("papers.look", { title })}
          data-testid={`look-${testId}`}
        >
          {t("papers.print")}
        </Button>
      )}
      {formats.map((format) => (
        <Button
          key={format}
          size="xs"
          variant="default"
          leftSection={<IconDownload size={16} />}
          loading={busy === `${format}false`}
          disabled={busy !== ""}
          onClick={() => void get(format, false)}
          aria-label={t("papers.save", { title, format: format.toUpperCase() })}
          data-testid={`get-${testId}-${format}`}
        >
          {format.toUpperCase()}
        </Button>
      ))}
    </Group>
  );
}
