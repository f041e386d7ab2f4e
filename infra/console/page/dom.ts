/** Text is only ever set as text: nothing that comes from a record or an error can become markup. */
export type Child = Node | string | number | false | undefined | null | readonly Child[];
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const svgNamespace = 'http://www.w3.org/2000/svg';

/** An HTML element. An attribute that is `false` or undefined is left out, one that is `true` is there without a value. */
export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function s(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS(svgNamespace, tag) as SVGElement;
  return fill(element, attributes, children);
}

function fill<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

function append(parent: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === undefined || child === null || child === false) continue;
    if (typeof child === 'string' || typeof child === 'number') parent.append(String(child));
    else if (child instanceof Node) parent.append(child);
    else append(parent, child);
  }
}

/**
 * Makes `element` hold these children by changing as little as possible, so that whoever has the focus on a button, has
 * opened a detail or has selected a text keeps it. Elements with a `data-key` are found again wherever they are moved to.
 */
export function update(element: Element, ...children: Child[]): void {
  const next = element.cloneNode(false) as Element;
  append(next, children);
  morphChildren(element, next);
}

function morphChildren(current: Element, next: Element): void {
  const byKey = new Map<string, Element>();
  for (const child of current.children) {
    const key = keyOf(child);
    if (key !== undefined) byKey.set(key, child);
  }
  let place: ChildNode | null = current.firstChild;
  for (const wanted of [...next.childNodes]) {
    const key = keyOf(wanted);
    const found = key === undefined ? place : (byKey.get(key) ?? null);
    if (key !== undefined) byKey.delete(key);
    if (found !== null && canBecome(found, wanted)) {
      if (found === place) place = place.nextSibling;
      else current.insertBefore(found, place);
      morph(found, wanted);
    } else {
      current.insertBefore(wanted, place);
    }
  }
  while (place !== null) {
    const following: ChildNode | null = place.nextSibling;
    place.remove();
    place = following;
  }
}

const keyOf = (node: Node): string | undefined =>
  node instanceof Element ? (node.getAttribute('data-key') ?? undefined) : undefined;

const canBecome = (current: Node, wanted: Node): boolean =>
  current.nodeName === wanted.nodeName && keyOf(current) === keyOf(wanted);

function morph(current: ChildNode, wanted: ChildNode): void {
  if (!(current instanceof Element && wanted instanceof Element)) {
    if (current.textContent !== wanted.textContent) current.textContent = wanted.textContent;
    return;
  }
  for (const { name, value } of wanted.attributes) {
    if (current.getAttribute(name) !== value && !isThePersons(current, name)) current.setAttribute(name, value);
  }
  for (const { name } of [...current.attributes]) {
    if (!wanted.hasAttribute(name) && !isThePersons(current, name)) current.removeAttribute(name);
  }
  morphChildren(current, wanted);
}

/** What the person at the page decides, and not the platform. */
const isThePersons = (element: Element, attribute: string): boolean =>
  element.nodeName === 'DETAILS' && attribute === 'open';

/** An element of `index.html`. @throws Error when there is none of this id */
export function byId<E extends HTMLElement>(id: string, type: new () => E): E {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`There is no ${type.name} #${id}.`);
  return element;
}
