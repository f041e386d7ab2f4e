import { type Child, h } from './dom.ts';

/**
 * Renders the Markdown that runbooks are written in: headings, paragraphs, lists, tables, code and links. It makes elements
 * and never markup, so whatever an article says stays text.
 */
export function renderMarkdown(source: string): HTMLElement[] {
  const lines = source.replaceAll('\r\n', '\n').split('\n');
  const blocks: HTMLElement[] = [];
  for (let at = 0; at < lines.length; ) {
    const block = nextBlock(lines, at);
    if (block.element !== undefined) blocks.push(block.element);
    at = block.end;
  }
  return blocks;
}

interface Block {
  readonly element?: HTMLElement;
  readonly end: number;
}

const listItem = /^(\s*)(?:[-*]|(\d+)\.)\s+(.*)$/;
const heading = /^(#{1,6})\s+(.*)$/;
const fence = /^\s*```/;
const tableRule = /^\s*\|?[\s:|-]+\|[\s:|-]*$/;

function nextBlock(lines: readonly string[], at: number): Block {
  const line = lines[at] ?? '';
  if (line.trim() === '') return { end: at + 1 };
  if (fence.test(line)) return codeBlock(lines, at);
  const [, marks, title = ''] = heading.exec(line) ?? [];
  // The dialog has the page's second level for its own title.
  if (marks !== undefined)
    return { element: h(`h${Math.min(marks.length + 2, 6)}`, {}, ...inline(title)), end: at + 1 };
  if (line.includes('|') && tableRule.test(lines[at + 1] ?? '')) return table(lines, at);
  if (listItem.test(line)) return list(lines, at);
  if (line.startsWith('>')) return quote(lines, at);
  let end = at;
  while (end < lines.length && isProse(lines[end] ?? '')) end += 1;
  end = Math.max(end, at + 1);
  return { element: h('p', {}, ...inline(lines.slice(at, end).join(' '))), end };
}

const isProse = (line: string): boolean =>
  line.trim() !== '' && !heading.test(line) && !fence.test(line) && !listItem.test(line) && !line.startsWith('>');

function codeBlock(lines: readonly string[], at: number): Block {
  let end = at + 1;
  while (end < lines.length && !fence.test(lines[end] ?? '')) end += 1;
  const code = lines.slice(at + 1, end).join('\n');
  return { element: h('pre', { tabindex: 0 }, h('code', {}, code)), end: end + 1 };
}

function quote(lines: readonly string[], at: number): Block {
  let end = at;
  while (lines[end]?.startsWith('>')) end += 1;
  const inner = lines.slice(at, end).map((line) => line.replace(/^>\s?/, ''));
  return { element: h('blockquote', {}, ...renderMarkdown(inner.join('\n'))), end };
}

/** A list; what is indented under an item belongs to it. */
function list(lines: readonly string[], at: number): Block {
  const [, indent = '', number] = listItem.exec(lines[at] ?? '') ?? [];
  const items: HTMLElement[] = [];
  let end = at;
  while (end < lines.length) {
    const [, itsIndent, itsNumber, text = ''] = listItem.exec(lines[end] ?? '') ?? [];
    if (itsIndent !== indent || (itsNumber === undefined) !== (number === undefined)) break;
    const own: string[] = [];
    end += 1;
    while (end < lines.length && belongsTo(lines, end, indent.length)) {
      own.push((lines[end] ?? '').slice(indent.length + 2));
      end += 1;
    }
    const firstBlock = own.findIndex((line) => line.trim() === '' || fence.test(line) || listItem.test(line));
    const prose = firstBlock < 0 ? own : own.slice(0, firstBlock);
    const rest = firstBlock < 0 ? [] : own.slice(firstBlock);
    items.push(
      h('li', {}, ...inline([text, ...prose.map((each) => each.trim())].join(' ')), renderMarkdown(dedent(rest))),
    );
  }
  return { element: h(number === undefined ? 'ul' : 'ol', {}, items), end };
}

function belongsTo(lines: readonly string[], at: number, indent: number): boolean {
  const depthOf = (line: string): number => line.length - line.trimStart().length;
  const line = lines[at] ?? '';
  if (line.trim() !== '') return depthOf(line) > indent;
  const following = lines.slice(at).find((each) => each.trim() !== '');
  return following !== undefined && depthOf(following) > indent;
}

function dedent(lines: readonly string[]): string {
  const depths = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const least = Math.min(...depths, 8);
  return lines.map((line) => line.slice(least)).join('\n');
}

function table(lines: readonly string[], at: number): Block {
  let end = at + 2;
  while (end < lines.length && (lines[end] ?? '').includes('|')) end += 1;
  const row = (line: string, tag: string) => h('tr', {}, ...cellsOf(line).map((cell) => h(tag, {}, ...inline(cell))));
  const body = lines.slice(at + 2, end).map((line) => row(line, 'td'));
  return {
    element: h(
      'div',
      { class: 'table-wrap', tabindex: 0 },
      h('table', {}, h('thead', {}, row(lines[at] ?? '', 'th')), h('tbody', {}, body)),
    ),
    end,
  };
}

const cellsOf = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));

const inlinePattern = /(`+)(.+?)\1|\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)\s]+)\)|<(https?:\/\/[^>\s]+)>|\*([^*\s][^*]*)\*/g;

function inline(text: string): Child[] {
  const parts: Child[] = [];
  let at = 0;
  for (const match of text.matchAll(inlinePattern)) {
    const [whole, , code, bold, label, address, bare, emphasis] = match;
    parts.push(text.slice(at, match.index));
    at = match.index + whole.length;
    if (code !== undefined) parts.push(h('code', {}, code));
    else if (bold !== undefined) parts.push(h('strong', {}, ...inline(bold)));
    else if (emphasis !== undefined) parts.push(h('em', {}, ...inline(emphasis)));
    else parts.push(link(label ?? bare ?? '', address ?? bare ?? ''));
  }
  parts.push(text.slice(at));
  return parts;
}

/** Other articles open in the same panel, web addresses in a new tab; of any other link only the words stay. */
function link(label: string, address: string): Child {
  const [, article] = /^(?:\.\/)?([a-z0-9-]+)\.md(?:#.*)?$/.exec(address) ?? [];
  if (article !== undefined)
    return h('button', { class: 'link', type: 'button', 'data-action': 'runbook', 'data-name': article }, label);
  if (/^https?:\/\//.test(address))
    return h('a', { href: address, target: '_blank', rel: 'noreferrer noopener' }, ...inline(label));
  return h('span', {}, ...inline(label));
}
