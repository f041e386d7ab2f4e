// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how Fn::Sub writes its variables.
import { describe, expect, test } from 'vitest';
import { templateResolver } from './intrinsics.ts';

describe('a template', () => {
  const resolve = templateResolver({
    stackName: 'S',
    region: 'us-east-1',
    accountId: '000000000000',
    ref: (id) => (id === 'Queue' ? 'ref-Queue' : undefined),
    attribute: (id, name) => `${id}-${name}`,
    importValue: (name) => `import-${name}`,
  });

  test.each([
    [{ Ref: 'AWS::AccountId' }, '000000000000'],
    [{ 'Fn::Sub': 'a-${Queue.Arn}-${Queue}-${AWS::Region}' }, 'a-Queue-Arn-ref-Queue-us-east-1'],
    [{ 'Fn::Join': ['-', [{ Ref: 'Queue' }, 'b', 1]] }, 'ref-Queue-b-1'],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'Queue' }] }] }, 'Queue'],
    [{ a: [{ 'Fn::ImportValue': { 'Fn::Join': ['', ['x']] } }] }, { a: ['import-x'] }],
    [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'Queue-Arn'],
    [{ Condition: { StringEquals: { a: 'b' } } }, { Condition: { StringEquals: { a: 'b' } } }],
  ])('resolves %j', (value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  test.each([
    [{ 'Fn::If': ['IsProd', 1, 2] }, 'Stack S: intrinsic function Fn::If is not supported'],
    [{ 'Fn::Sub': ['${x}', { x: 1 }] }, 'Fn::Sub with variables of its own'],
    [{ Ref: 'Nothing' }, 'there is no Nothing to refer to'],
    [{ Ref: 'AWS::NoValue' }, 'there is no AWS::NoValue to refer to'],
    ['{{resolve:ssm:x}}', 'dynamic references'],
  ])('refuses %j by name', (value, message) => {
    expect(() => resolve(value)).toThrow(message);
  });
});
