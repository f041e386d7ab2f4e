import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

/** DynamoDB conditions that must all hold; what is left out asks for nothing. */
export const allOf = (...conditions: readonly (string | undefined)[]): string => join(conditions, 'AND');

/** DynamoDB conditions of which one must hold. */
export const anyOf = (...conditions: readonly (string | undefined)[]): string => join(conditions, 'OR');

/** Parentheses around a condition alone would be refused as redundant, so only what is put together gets them. */
function join(conditions: readonly (string | undefined)[], word: 'AND' | 'OR'): string {
  const given = conditions.filter((condition) => condition !== undefined);
  if (given.length === 1) return given.join('');
  return given.map((condition) => (/ (?:AND|OR) /.test(condition) ? `(${condition})` : condition)).join(` ${word} `);
}

/**
 * Whether a conditional write was carried out.
 *
 * @returns false when its condition does not hold
 * @throws whatever else was wrong with it
 */
export async function isCarriedOut(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
