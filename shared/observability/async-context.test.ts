import { expect, it } from 'vitest';
import { createNamespace, destroyNamespace, getNamespace } from './async-context.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('is the process’s own outside every run, whoever asks', async () => {
  const namespace = createNamespace('own');
  namespace.enter(namespace.createContext());
  namespace.set('segment', 'outer');
  await turn();
  expect(getNamespace('own')?.get('segment')).toBe('outer');
  await Promise.all([turn().then(() => namespace.set('segment', 'later'))]);
  expect(namespace.get('segment')).toBe('later');
  destroyNamespace('own');
  expect(getNamespace('own')).toBeUndefined();
});

it('keeps what runs side by side apart, across every wait, and looks outside for what is not set within', async () => {
  const namespace = createNamespace('apart');
  namespace.set('trace', 't');
  const seen = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      namespace.runAndReturn(async () => {
        namespace.set('segment', name);
        for (let turns = 0; turns < 5; turns++) await turn();
        return [namespace.get('segment'), namespace.get('trace')];
      }),
    ),
  );
  expect(seen).toEqual([
    ['a', 't'],
    ['b', 't'],
    ['c', 't'],
  ]);
  expect(namespace.get('segment')).toBeUndefined();
});

it('takes a context along to where a function is called', async () => {
  const namespace = createNamespace('along');
  let read = () => namespace.get('segment');
  namespace.run(() => {
    namespace.set('segment', 'inner');
    read = namespace.bind(read);
  });
  await turn();
  expect([namespace.get('segment'), read()]).toEqual([undefined, 'inner']);
});
