import { type MouseEvent, useEffect, useRef } from "react";
import { type Target, targetOf } from "../../api/help";

interface Props {
  html: string;
  anchor: string;
  chapter: string;
  go: (target: Target) => void;
}

/** A chapter as the server rendered it, scrolled to its anchor; links to other chapters stay in the help. */
export function ChapterText({ html, anchor, chapter, go }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Ids are looked for in this chapter alone: the page beside it has its own.
    const found = anchor && html ? box.current?.querySelector(`[id="${CSS.escape(anchor)}"]`) : null;
    if (found) found.scrollIntoView({ block: "start" });
    else if (box.current?.closest('[data-wide="true"]')) window.scrollTo(0, 0);
    else box.current?.closest(".help")?.scrollIntoView({ block: "start" });
    found?.setAttribute("data-found", "true");
    return () => found?.removeAttribute("data-found");
  }, [anchor, html]);
  const follow = (event: MouseEvent) => {
    const link = (event.target as Element).closest("a");
    const href = link?.getAttribute("href") ?? "";
    if (!href.startsWith("/help/") && !href.startsWith("#")) return;
    event.preventDefault();
    go(href.startsWith("#") ? { chapter, anchor: href.slice(1) } : targetOf(href));
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: what is clicked are links, which the keyboard follows by click events
    // biome-ignore lint/a11y/noStaticElementInteractions: the same
    <div
      ref={box}
      className="help-text"
      onClick={follow}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: the product's own chapters, rendered by its server
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}
