import { type Check, ok } from '../check.ts';

/** Whether AWS, or what plays it here, answers to whoever asks. All that follows is asked of it. */
export const aws: Check = {
  name: 'AWS',
  isEssential: true,
  async run({ platform, accounts }) {
    await accounts();
    return ok(platform.isLocal ? `the stack on this machine answers at ${platform.clientConfig.endpoint}` : 'answers');
  },
};
