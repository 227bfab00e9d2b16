import { Alert, Anchor, Group, Loader, Stack, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconExternalLink, IconFileTypePdf, IconListDetails, IconPrinter, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type HelpContents, pageTarget, type Target, targetOf, useChapter, useContents, useHits } from "../../api/help";
import { useMe } from "../../api/me";
import { ChapterText } from "./ChapterText";

interface Props {
  /** "chapter#anchor" to begin with; "": the chapter on the page at `path`. */
  start: string;
  path: string;
  /** Told what is shown, for a page that has it in its address. */
  onTarget?: (target: Target) => void;
  /** Whether this is the page of the help itself: the contents stand beside the chapter. */
  wide?: boolean;
}

/** Search, contents and a chapter. */
export function HelpPanel({ start, path, onTarget, wide = false }: Props) {
  const { t } = useTranslation();
  const { data: contents, error } = useContents();
  const [words, setWords] = useState("");
  const [asked] = useDebouncedValue(words.trim(), 250);
  const [chosen, setChosen] = useState<Target | "contents" | null>(start ? targetOf(start) : null);
  if (error) return <Alert color="lacquer">{t("help.failed")}</Alert>;
  if (!contents) return <Loader aria-label={t("app.loading")} />;
  const shown = chosen ?? pageTarget(contents, path);
  const go = (target: Target) => {
    setWords("");
    setChosen(target);
    onTarget?.(target);
  };
  const list = <Contents contents={contents} current={shown === "contents" ? "" : shown.chapter} go={go} />;
  return (
    <div className="help" data-wide={wide} data-testid="help">
      <div className="help-top">
        <TextInput
          label={t("help.search")}
          placeholder={t("help.searchHint")}
          value={words}
          leftSection={<IconSearch size={18} />}
          data-testid="help-search"
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        {!wide && (
          <Group gap="md" mt={6}>
            <Anchor component="button" type="button" size="sm" onClick={() => setChosen("contents")}>
              <IconListDetails size={16} /> {t("help.contents")}
            </Anchor>
            {chosen !== null && (
              <Anchor component="button" type="button" size="sm" onClick={() => setChosen(null)}>
                {t("help.thisPage")}
              </Anchor>
            )}
          </Group>
        )}
      </div>
      {wide && <nav aria-label={t("help.contents")}>{list}</nav>}
      <div className="help-body">
        {asked ? (
          <Hits words={asked} go={go} />
        ) : shown === "contents" ? (
          list
        ) : (
          <Chapter target={shown} go={go} wide={wide} />
        )}
      </div>
    </div>
  );
}

function Chapter({ target, go, wide }: { target: Target; go: (target: Target) => void; wide: boolean }) {
  const { t } = useTranslation();
  const { data, error } = useChapter(target.chapter);
  if (error) return <Alert color="navy">{t("help.noChapter")}</Alert>;
  if (!data || data.id !== target.chapter) return <Loader aria-label={t("app.loading")} />;
  const apart = `/help/${target.chapter}${target.anchor ? `#${target.anchor}` : ""}`;
  return (
    <article data-testid="help-chapter" data-chapter={data.id}>
      <h2 className="help-title">{data.title}</h2>
      <Group gap="md" className="help-files">
        {!wide && (
          <Anchor href={apart} target="_blank" size="sm">
            <IconExternalLink size={16} /> {t("help.apart")}
          </Anchor>
        )}
        <Anchor href={data.pdf_url} target="_blank" size="sm" data-testid="help-pdf">
          <IconFileTypePdf size={16} /> {t("help.pdf")}
        </Anchor>
        <Anchor href={data.html_url} target="_blank" size="sm">
          <IconPrinter size={16} /> {t("help.html")}
        </Anchor>
      </Group>
      <ChapterText html={data.html} anchor={target.anchor} go={go} chapter={data.id} />
    </article>
  );
}

function Hits({ words, go }: { words: string; go: (target: Target) => void }) {
  const { t } = useTranslation();
  const { data } = useHits(words);
  if (!data) return <Loader aria-label={t("app.loading")} />;
  return (
    <section aria-label={t("help.results")}>
      <p className="faint" role="status" data-testid="help-found">
        {data.hits.length ? t("help.found", { count: data.hits.length }) : t("help.nothing")}
      </p>
      <ol className="help-hits">
        {data.hits.map((hit) => (
          <li key={`${hit.chapter}#${hit.anchor}`}>
            <button type="button" data-testid="help-hit" onClick={() => go(hit)}>
              <strong>{hit.section || hit.title}</strong>
              {hit.section && <small>{hit.title}</small>}
              <span>{hit.excerpt}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

interface ContentsProps {
  contents: HelpContents;
  current: string;
  go: (target: Target) => void;
}

function Contents({ contents, current, go }: ContentsProps) {
  const { t } = useTranslation();
  const { me } = useMe();
  const own = me ? contents.roles[me.role] : undefined;
  return (
    <Stack gap="sm" data-testid="help-contents">
      {contents.groups.map((group) => (
        <section key={group.id}>
          <h3 className="help-group">{group.title}</h3>
          <ul className="help-list">
            {group.chapters.map((chapter) => (
              <li key={chapter.id}>
                <button
                  type="button"
                  aria-current={chapter.id === current ? "page" : undefined}
                  onClick={() => go({ chapter: chapter.id, anchor: "" })}
                >
                  {chapter.title}
                  {chapter.id === own && <small>{t("help.yours")}</small>}
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Stack>
  );
}
