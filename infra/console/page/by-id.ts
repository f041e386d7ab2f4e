/** An element of `index.html`. @throws Error when there is none of this id */
export function byId<E extends HTMLElement>(id: string, type: new () => E): E {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`There is no ${type.name} #${id}.`);
  return element;
}
