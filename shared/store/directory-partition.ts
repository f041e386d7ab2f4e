/** The partition of the state table that has the directory of accounts; templates name it too, to say who may read and write it. */
export const directoryPartition = 'account-directory';
