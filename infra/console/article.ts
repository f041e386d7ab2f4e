import { micromark } from 'micromark';
import { gfmTable, gfmTableHtml } from 'micromark-extension-gfm-table';

/**
 * A runbook's article as HTML. By micromark's defaults markup in the source stays text, and links lead to the web or to
 * other articles only.
 */
export const articleHtml = (markdown: string): string =>
  micromark(markdown, { extensions: [gfmTable()], htmlExtensions: [gfmTableHtml()] })
    // The page's dialog has the second level for its own title.
    .replace(/(<\/?h)([1-4])>/g, (_tag, start: string, level: string) => `${start}${Number(level) + 2}>`);
