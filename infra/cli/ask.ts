import { createInterface } from 'node:readline/promises';

/** Whether there is somebody to ask. */
export const isAttended = (): boolean => process.stdin.isTTY === true;

/** Asks the person at the terminal. @returns what they typed, without blanks around it */
export async function ask(question: string): Promise<string> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(question);
  prompt.close();
  return answer.trim();
}
