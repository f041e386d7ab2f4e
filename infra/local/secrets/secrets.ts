import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { AwsError, unsupportedOperation } from '../aws-error.ts';
import type { LocalService, LocalWorld } from '../local-service.ts';
import { stateFile } from '../state-file.ts';

const secretSchema = z.object({
  name: z.string(),
  arn: z.string(),
  createdAt: z.number(),
  /** When its deletion was asked for; it is not listed and not told any more. */
  deletedAt: z.number().optional(),
  /** Newest first: AWSCURRENT, AWSPREVIOUS, then those without a label. */
  versions: z.array(z.object({ id: z.string(), value: z.string(), createdAt: z.number() })),
});

type Secret = z.infer<typeof secretSchema>;

const keptVersions = 10;

const newValue = { SecretString: z.string(), ClientRequestToken: z.string().optional() };

/** What each operation takes. A member that an operation here does not know is refused by its name. */
const requests = {
  CreateSecret: z.strictObject({ Name: z.string(), ...newValue }),
  PutSecretValue: z.strictObject({ SecretId: z.string(), ...newValue }),
  DeleteSecret: z.strictObject({
    SecretId: z.string(),
    RecoveryWindowInDays: z.number().int().min(7).max(30).default(30),
  }),
  DescribeSecret: z.strictObject({ SecretId: z.string() }),
  GetSecretValue: z.strictObject({ SecretId: z.string() }),
  ListSecretVersionIds: z.strictObject({ SecretId: z.string() }),
  ListSecrets: z.strictObject({
    Filters: z.array(z.strictObject({ Key: z.literal('name'), Values: z.array(z.string()) })).default([]),
    MaxResults: z.number().int().min(1).default(100),
    NextToken: z.string().optional(),
  }),
};

/** The ARN of a secret: AWS adds six random characters, here they follow from the name. */
function secretArn(name: string, region: string, accountId: string): string {
  const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`;
}

export interface LocalSecrets extends LocalService {
  /** Creates the secret or gives it this value. */
  put(name: string, value: string): void;
}

/** Secrets Manager on one machine. */
export function startSecrets(world: Pick<LocalWorld, 'accountId' | 'region' | 'clock' | 'path'>): LocalSecrets {
  const state = stateFile(world.path('secrets.json'), z.record(z.string(), secretSchema), {});

  const now = (): number => world.clock.now().getTime() / 1000;

  function find(id: string): Secret {
    const secret = Object.values(state.value).find((each) => each.name === id || each.arn === id);
    if (!secret) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return secret;
  }

  function findKept(id: string): Secret {
    const secret = find(id);
    if (secret.deletedAt === undefined) return secret;
    throw new AwsError(
      'InvalidRequestException',
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  }

  const stageOf = (secret: Secret, id: string): string[] => {
    const label = ['AWSCURRENT', 'AWSPREVIOUS'][secret.versions.findIndex((version) => version.id === id)];
    return label === undefined ? [] : [label];
  };

  function addVersion(secret: Secret, value: string, id: string = randomUUID()) {
    if (!secret.versions.some((version) => version.id === id)) {
      secret.versions = [{ id, value, createdAt: now() }, ...secret.versions].slice(0, keptVersions);
    }
    state.value[secret.name] = secret;
    state.save();
    return { ARN: secret.arn, Name: secret.name, VersionId: id };
  }

  function create(name: string, value: string, token?: string) {
    if (state.value[name]) {
      throw new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
    }
    const arn = secretArn(name, world.region, world.accountId);
    return addVersion({ name, arn, createdAt: now(), versions: [] }, value, token);
  }

  const operations: Readonly<Record<string, (body: unknown) => unknown>> = {
    CreateSecret(body) {
      const { Name, SecretString, ClientRequestToken } = requests.CreateSecret.parse(body);
      return create(Name, SecretString, ClientRequestToken);
    },
    PutSecretValue(body) {
      const { SecretId, SecretString, ClientRequestToken } = requests.PutSecretValue.parse(body);
      return addVersion(findKept(SecretId), SecretString, ClientRequestToken);
    },
    GetSecretValue(body) {
      const secret = findKept(requests.GetSecretValue.parse(body).SecretId);
      const [current] = secret.versions;
      if (!current) throw new AwsError('ResourceNotFoundException', `The secret ${secret.name} has no value.`);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: current.id,
        SecretString: current.value,
        VersionStages: stageOf(secret, current.id),
        CreatedDate: current.createdAt,
      };
    },
    DeleteSecret(body) {
      const { SecretId, RecoveryWindowInDays } = requests.DeleteSecret.parse(body);
      const secret = findKept(SecretId);
      secret.deletedAt = now();
      state.save();
      return { ARN: secret.arn, Name: secret.name, DeletionDate: now() + RecoveryWindowInDays * 86_400 };
    },
    DescribeSecret(body) {
      const { arn, name, createdAt, deletedAt } = find(requests.DescribeSecret.parse(body).SecretId);
      return {
        ARN: arn,
        Name: name,
        CreatedDate: createdAt,
        ...(deletedAt !== undefined && { DeletedDate: deletedAt }),
      };
    },
    ListSecretVersionIds(body) {
      const secret = find(requests.ListSecretVersionIds.parse(body).SecretId);
      const Versions = secret.versions.map(({ id: VersionId, createdAt: CreatedDate }) => ({
        VersionId,
        VersionStages: stageOf(secret, VersionId),
        CreatedDate,
      }));
      return { ARN: secret.arn, Name: secret.name, Versions };
    },
    ListSecrets(body) {
      const { Filters, MaxResults, NextToken = '' } = requests.ListSecrets.parse(body);
      // Values of one filter are alternatives; a value matches the start of the name, without regard to case.
      const found = Object.values(state.value)
        .filter(({ deletedAt }) => deletedAt === undefined)
        .filter(({ name }) =>
          Filters.every(({ Values }) => Values.some((value) => name.toLowerCase().startsWith(value.toLowerCase()))),
        )
        .sort((left, right) => (left.name < right.name ? -1 : 1))
        .filter(({ name }) => name > NextToken);
      const page = found.slice(0, MaxResults);
      return {
        SecretList: page.map(({ arn, name, createdAt }) => ({ ARN: arn, Name: name, CreatedDate: createdAt })),
        ...(page.length < found.length ? { NextToken: page.at(-1)?.name } : {}),
      };
    },
  };

  return {
    provision: () => undefined,
    execute(operation, body) {
      const run = operations[operation];
      if (!run) throw unsupportedOperation('Secrets Manager', operation);
      try {
        return run(body);
      } catch (error) {
        if (error instanceof z.ZodError) throw new AwsError('InvalidParameterException', z.prettifyError(error));
        throw error;
      }
    },
    put(name, value) {
      const secret = state.value[name];
      if (!secret) create(name, value);
      else if (secret.versions[0]?.value !== value) addVersion(secret, value);
    },
    close: () => undefined,
  };
}
