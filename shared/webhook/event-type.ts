/**
 * Rentvine's exact event names are not published. Seen are `maintenance::workOrder…` at the start and `…created` or `…updated`
 * at the end, so names are taken apart into words, whatever their case, separators and namespaces.
 */

/** One word for all spellings of a name: `Work Order Updated`, `work_order.updated` and `workOrderUpdated`. */
export const normalizeEventType = (eventType: string): string => eventType.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** What an event may be about. */
export interface Subject {
  /** Its words in lower case, without separators: `workorder`. */
  readonly name: string;
  /**
   * False where the name only hints at it: a namespace before another thing (`property::inspection::added`), or the end of a
   * name that is written as one word. Then the event's own words say nothing about which object its objectID names.
   */
  readonly isCertain: boolean;
}

const verbs = /(?:created?|updated?|deleted?|changed?|removed?|added|voided)$/;
const isVerb = (text: string): boolean => verbs.exec(text)?.index === 0;
const namespaceEnd = /::|[:/\\]/;
const capitals = /([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g;
/** Of subjects, in letters: `recurringcharge` has 15. */
const maxSubjectLength = 24;

interface Word {
  readonly text: string;
  readonly isNamespace: boolean;
}

/** A subject and where it ends, in letters of the name. */
type Run = Subject & { readonly end: number };

/**
 * What an event may be about, the likeliest first. A later word says more precisely what it is about than an earlier one, and
 * more words more than few: `property::unit::updated` is about a unit, `Lease Charge Created` about a lease charge.
 */
export function subjectsOf(eventType: string): Subject[] {
  // Capitals separate words in some spellings, and mean nothing in others.
  const runs = [eventType, eventType.replaceAll(capitals, '$1$3 $2')].flatMap((name) => runsOf(wordsOf(name)));
  runs.sort((a, b) => Number(b.isCertain) - Number(a.isCertain) || b.end - a.end || b.name.length - a.name.length);
  const folded = normalizeEventType(eventType).replace(verbs, '');
  const ends = Array.from(folded, (_, start) => ({ name: folded.slice(start), isCertain: start === 0 }));
  return [...runs, ...ends];
}

/** All runs of words that are next to each other. */
function runsOf(words: readonly Word[]): Run[] {
  const runs: Run[] = [];
  let end = 0;
  for (const [index, { text, isNamespace }] of words.entries()) {
    end += text.length;
    let name = '';
    for (let first = index; first >= 0 && name.length < maxSubjectLength; first--) {
      name = `${words[first]?.text}${name}`;
      runs.push({ name, end, isCertain: !isNamespace });
    }
  }
  return runs;
}

/** The words of a name in lower case, the verb that ends a word apart: `workorderupdated` is `workorder` and `updated`. */
function wordsOf(name: string): Word[] {
  const parts = name.split(namespaceEnd).map((part) =>
    part
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .flatMap((word) => [word.replace(verbs, ''), verbs.exec(word)?.[0] ?? ''])
      .filter((text) => text !== ''),
  );
  // A first part is a namespace if another thing follows, and the thing itself if only a verb does.
  const first = parts.findIndex((part) => part.length > 0);
  const isNamespace = parts.slice(first + 1).some((part) => part.length > 0 && !isVerb(part.join('')));
  return parts.flatMap((part, index) => part.map((text) => ({ text, isNamespace: isNamespace && index === first })));
}
