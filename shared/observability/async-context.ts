import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * What the X-Ray SDK wants of `cls-hooked`, on AsyncLocalStorage: bundles take this in its place. The original follows every
 * promise with an async hook, which costs each invocation time, and each start more than the rest of the tracer.
 */
interface Namespace {
  get(key: string): unknown;
  set(key: string, value: unknown): unknown;
  createContext(): Context;
  /** Makes a context the process's own: what is current outside every `run`. */
  enter(context: Context): void;
  run(work: (context: Context) => void): Context;
  runAndReturn<T>(work: (context: Context) => T): T;
  bind<A extends unknown[], T>(work: (...args: A) => T, context?: Context): (...args: A) => T;
}

type Context = Record<string, unknown>;

const namespaces = new Map<string, Namespace>();

/** The namespace of a name; the SDK makes one before it asks for it. */
export const getNamespace = (name: string): Namespace | undefined => namespaces.get(name);

export const destroyNamespace = (name: string): void => {
  namespaces.delete(name);
};

export function createNamespace(name: string): Namespace {
  const storage = new AsyncLocalStorage<Context>();
  let outermost: Context = {};
  const current = (): Context => storage.getStore() ?? outermost;
  // What is set within a context is not seen outside; what is not set within it is looked for outside.
  const createContext = (): Context => Object.create(current());
  const namespace: Namespace = {
    get: (key) => current()[key],
    set(key, value) {
      current()[key] = value;
      return value;
    },
    createContext,
    enter(context) {
      outermost = context;
    },
    run(work) {
      const context = createContext();
      storage.run(context, work, context);
      return context;
    },
    runAndReturn(work) {
      const context = createContext();
      return storage.run(context, work, context);
    },
    bind(work, context = current()) {
      return (...args) => storage.run(context, () => work(...args));
    },
  };
  namespaces.set(name, namespace);
  return namespace;
}
