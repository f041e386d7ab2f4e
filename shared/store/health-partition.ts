/** The partition of the state table that has the watcher's summary; templates name it too, to say who may write it. */
export const healthPartition = 'health';
