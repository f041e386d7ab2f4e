/** The machine lacks something that the run needs; the message says what to do, in one sentence. */
export class MissingPrerequisite extends Error {
  override readonly name = 'MissingPrerequisite';
}
