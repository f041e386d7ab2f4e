import { createHash, randomInt, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError, unsupportedOperation } from '../aws-error.ts';
import { stateFile } from '../state-file.ts';

const versionSchema = z.object({ id: z.string(), value: z.string(), createdAt: z.number() });

const secretSchema = z.object({
  name: z.string(),
  arn: z.string(),
  description: z.string().optional(),
  tags: z.array(z.looseObject({ Key: z.string(), Value: z.string() })).default([]),
  createdAt: z.number(),
  changedAt: z.number(),
  deletedAt: z.number().optional(),
  /** Newest first: AWSCURRENT, AWSPREVIOUS. */
  versions: z.array(versionSchema),
});

type Secret = z.infer<typeof secretSchema>;

const request = z.looseObject({
  SecretId: z.string().optional(),
  Name: z.string().optional(),
  SecretString: z.string().optional(),
  Description: z.string().optional(),
  ClientRequestToken: z.string().optional(),
  VersionId: z.string().optional(),
  VersionStage: z.string().optional(),
  Tags: z.array(z.looseObject({ Key: z.string(), Value: z.string() })).optional(),
  TagKeys: z.array(z.string()).optional(),
  MaxResults: z.number().int().min(1).optional(),
  NextToken: z.string().optional(),
  IncludeDeprecated: z.boolean().optional(),
  IncludePlannedDeletion: z.boolean().optional(),
  ForceDeleteWithoutRecovery: z.boolean().optional(),
  SecretIdList: z.array(z.string()).optional(),
  Filters: z.array(z.looseObject({ Key: z.string().optional(), Values: z.array(z.string()).optional() })).optional(),
});

type Request = z.infer<typeof request>;

/** `GenerateSecretString` of an `AWS::SecretsManager::Secret`. */
export const generateSchema = z.looseObject({
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
  PasswordLength: z.coerce.number().default(32),
  ExcludeCharacters: z.string().default(''),
  ExcludePunctuation: z.boolean().default(false),
  ExcludeLowercase: z.boolean().default(false),
  ExcludeUppercase: z.boolean().default(false),
  ExcludeNumbers: z.boolean().default(false),
});

export function generateSecretString(rules: z.infer<typeof generateSchema>): string {
  const alphabet = [
    rules.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    rules.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    rules.ExcludeNumbers ? '' : '0123456789',
    rules.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  ]
    .join('')
    .split('')
    .filter((character) => !rules.ExcludeCharacters.includes(character));
  const password = Array.from({ length: rules.PasswordLength }, () => alphabet[randomInt(alphabet.length)]).join('');
  if (!rules.GenerateStringKey) return password;
  const template = z.record(z.string(), z.unknown()).parse(JSON.parse(rules.SecretStringTemplate ?? '{}'));
  return JSON.stringify({ ...template, [rules.GenerateStringKey]: password });
}

/** The ARN of a secret: AWS adds six random characters, here they follow from the name. */
export function secretArn(name: string, region: string, accountId: string): string {
  const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`;
}

export interface LocalSecrets {
  /** @throws AwsError */
  execute(operation: string, body: unknown): unknown;
  /** Creates the secret if it does not exist. */
  ensure(name: string, value: () => string): void;
  /** Creates the secret or gives it this value. */
  put(name: string, value: string): void;
}

/**
 * Secrets Manager on one machine.
 *
 * @param path file that keeps the secrets, readable by its owner only; in memory when absent
 */
export function startSecrets(options: { path: string | undefined; region: string; accountId: string }): LocalSecrets {
  const state = stateFile(options.path, z.record(z.string(), secretSchema), {});
  const now = (): number => Date.now() / 1000;

  const seconds = (secret: Secret): Record<string, unknown> => ({
    ARN: secret.arn,
    Name: secret.name,
    ...(secret.description === undefined ? {} : { Description: secret.description }),
    Tags: secret.tags,
    CreatedDate: secret.createdAt,
    LastChangedDate: secret.changedAt,
    ...(secret.deletedAt === undefined ? {} : { DeletedDate: secret.deletedAt }),
  });
  const stages = (secret: Secret): Record<string, string[]> =>
    Object.fromEntries(
      secret.versions.slice(0, 2).map((version, at) => [version.id, [at === 0 ? 'AWSCURRENT' : 'AWSPREVIOUS']]),
    );

  function find(id: string | undefined, allowDeleted = false): Secret {
    const secret = Object.values(state.value).find((each) => each.name === id || each.arn === id);
    if (!secret) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    if (secret.deletedAt !== undefined && !allowDeleted) {
      throw new AwsError(
        'InvalidRequestException',
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    return secret;
  }

  function setValue(secret: Secret, value: string, token?: string): string {
    const id = token ?? randomUUID();
    if (secret.versions.some((version) => version.id === id)) return id;
    secret.versions = [{ id, value, createdAt: now() }, ...secret.versions].slice(0, 10);
    secret.changedAt = now();
    state.save();
    return id;
  }

  function create(body: Request): Record<string, unknown> {
    const name = body.Name ?? '';
    if (state.value[name]) {
      throw new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
    }
    const secret: Secret = {
      name,
      arn: secretArn(name, options.region, options.accountId),
      tags: body.Tags ?? [],
      createdAt: now(),
      changedAt: now(),
      versions: [],
      ...(body.Description === undefined ? {} : { description: body.Description }),
    };
    state.value[name] = secret;
    const id =
      body.SecretString === undefined ? undefined : setValue(secret, body.SecretString, body.ClientRequestToken);
    state.save();
    return { ARN: secret.arn, Name: name, ...(id ? { VersionId: id } : {}) };
  }

  function readValue(secret: Secret, body: Request): Record<string, unknown> {
    const at = body.VersionStage === 'AWSPREVIOUS' ? 1 : 0;
    const version = body.VersionId ? secret.versions.find((each) => each.id === body.VersionId) : secret.versions[at];
    if (!version) {
      throw new AwsError(
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret value for ${body.VersionStage ?? 'staging label: AWSCURRENT'}`,
      );
    }
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: version.id,
      SecretString: version.value,
      VersionStages: stages(secret)[version.id] ?? [],
      CreatedDate: version.createdAt,
    };
  }

  function list(body: Request, defaultSize: number): { page: Secret[]; next: Record<string, string> } {
    // Values of one filter are alternatives; a value matches the start of the name, without regard to case.
    const matches = (secret: Secret): boolean =>
      (body.Filters ?? []).every(({ Key, Values = [] }) => {
        if (Key !== 'name' && Key !== 'all') throw unsupportedOperation('Secrets Manager', `filter ${Key}`);
        return Values.some((value) =>
          value.startsWith('!')
            ? !secret.name.toLowerCase().startsWith(value.slice(1).toLowerCase())
            : secret.name.toLowerCase().startsWith(value.toLowerCase()),
        );
      });
    const all = Object.values(state.value)
      .filter((secret) => (secret.deletedAt === undefined || body.IncludePlannedDeletion === true) && matches(secret))
      .sort((left, right) => (left.name < right.name ? -1 : 1))
      .filter((secret) => body.NextToken === undefined || secret.name > body.NextToken);
    const page = all.slice(0, body.MaxResults ?? defaultSize);
    const last = page.at(-1);
    return { page, next: last && page.length < all.length ? { NextToken: last.name } : {} };
  }

  const operations: Readonly<Record<string, (body: Request) => unknown>> = {
    CreateSecret: create,
    GetSecretValue: (body) => readValue(find(body.SecretId), body),
    BatchGetSecretValue(body) {
      if (body.SecretIdList) {
        const found: unknown[] = [];
        const errors: unknown[] = [];
        for (const id of body.SecretIdList) {
          try {
            found.push(readValue(find(id), {}));
          } catch (error) {
            if (!(error instanceof AwsError)) throw error;
            errors.push({ SecretId: id, ErrorCode: error.type, Message: error.message });
          }
        }
        return { SecretValues: found, Errors: errors };
      }
      const { page, next } = list(body, 20);
      return { SecretValues: page.map((secret) => readValue(secret, {})), Errors: [], ...next };
    },
    ListSecrets(body) {
      const { page, next } = list(body, 100);
      return {
        SecretList: page.map((secret) => ({ ...seconds(secret), SecretVersionsToStages: stages(secret) })),
        ...next,
      };
    },
    DescribeSecret(body) {
      const secret = find(body.SecretId, true);
      return { ...seconds(secret), VersionIdsToStages: stages(secret) };
    },
    ListSecretVersionIds(body) {
      const secret = find(body.SecretId, true);
      const labels = stages(secret);
      // Versions without a label are deprecated; they are listed only when asked for.
      const listed = secret.versions.filter(({ id }) => labels[id] || body.IncludeDeprecated === true);
      return {
        ARN: secret.arn,
        Name: secret.name,
        Versions: listed.map(({ id, createdAt }) => ({
          VersionId: id,
          VersionStages: labels[id] ?? [],
          CreatedDate: createdAt,
        })),
      };
    },
    PutSecretValue(body) {
      const secret = find(body.SecretId);
      const id = setValue(secret, body.SecretString ?? '', body.ClientRequestToken);
      return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: ['AWSCURRENT'] };
    },
    UpdateSecret(body) {
      const secret = find(body.SecretId);
      if (body.Description !== undefined) secret.description = body.Description;
      const id =
        body.SecretString === undefined ? undefined : setValue(secret, body.SecretString, body.ClientRequestToken);
      state.save();
      return { ARN: secret.arn, Name: secret.name, ...(id ? { VersionId: id } : {}) };
    },
    TagResource(body) {
      const secret = find(body.SecretId);
      const added = body.Tags ?? [];
      secret.tags = [...secret.tags.filter((tag) => !added.some(({ Key }) => Key === tag.Key)), ...added];
      state.save();
      return {};
    },
    UntagResource(body) {
      const secret = find(body.SecretId);
      secret.tags = secret.tags.filter((tag) => !body.TagKeys?.includes(tag.Key));
      state.save();
      return {};
    },
    DeleteSecret(body) {
      const secret = find(body.SecretId, true);
      if (body.ForceDeleteWithoutRecovery) delete state.value[secret.name];
      secret.deletedAt = now();
      state.save();
      return { ARN: secret.arn, Name: secret.name, DeletionDate: secret.deletedAt };
    },
    RestoreSecret(body) {
      const secret = find(body.SecretId, true);
      delete secret.deletedAt;
      state.save();
      return { ARN: secret.arn, Name: secret.name };
    },
  };

  return {
    execute(operation, body) {
      const run = operations[operation];
      if (!run) throw unsupportedOperation('Secrets Manager', operation);
      const parsed = request.safeParse(body);
      if (!parsed.success) throw new AwsError('InvalidParameterException', z.prettifyError(parsed.error));
      return run(parsed.data);
    },
    ensure(name, value) {
      if (!state.value[name]) create({ Name: name, SecretString: value() });
    },
    put(name, value) {
      const secret = state.value[name];
      if (!secret) create({ Name: name, SecretString: value });
      else if (secret.versions[0]?.value !== value) setValue(secret, value);
    },
  };
}
