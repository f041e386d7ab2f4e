/**
 * What the console shows, as its page gets it: a contract between the process and the browser, without a type of either
 * side's libraries. Date-times are ISO 8601 UTC. Nothing in here comes from inside a record: no personal field can.
 */
export interface ConsoleView {
  readonly stage: string;
  /** Where the stack's AWS services answer. */
  readonly endpoint: string;
  readonly accounts: readonly AccountView[];
  readonly flow: FlowView;
  readonly alarms: readonly AlarmView[];
  /** Newest first. */
  readonly notifications: readonly NotificationView[];
  /** Newest first. */
  readonly runs: readonly RunView[];
  readonly deadLetters: readonly DeadLetterView[];
  readonly quarantined: readonly QuarantinedView[];
  readonly webhooks: WebhooksView;
  /** Newest first. */
  readonly events: readonly EventView[];
  readonly business: readonly BusinessView[];
}

export type Health = 'good' | 'busy' | 'warning' | 'bad' | 'unknown';

export interface AccountView {
  readonly name: string;
  readonly breaker: BreakerView;
  readonly resources: readonly ResourceView[];
}

export interface BreakerView {
  /** `half-open`: given up on, and due to be tried again. */
  readonly state: 'closed' | 'open' | 'half-open';
  readonly consecutiveFailures: number;
  readonly openSince?: string | undefined;
}

export interface ResourceView {
  readonly name: string;
  readonly intervalMinutes: number;
  /** Whether its schedules are on. */
  readonly isScheduled: boolean;
  /** When the last run that ended well started: everything that Rentvine had by then is stored. */
  readonly freshAt?: string | undefined;
  /** How far it is behind, in intervals of its schedule; absent where that says nothing. */
  readonly lag?: number | undefined;
  /** Live ones; undefined until they were counted once. */
  readonly records?: number | undefined;
  readonly quarantined: number;
  readonly hold?: {
    readonly heldAt: string;
    readonly missing: number;
    readonly known: number;
    readonly limit: number;
  };
}

export interface RunView {
  readonly id: string;
  readonly account: string;
  readonly resource: string;
  readonly mode: string;
  readonly status: 'running' | 'waiting' | 'succeeded' | 'failed' | 'held' | 'covered';
  readonly phase: string;
  readonly pass: number;
  readonly startedAt: string;
  readonly finishedAt?: string | undefined;
  readonly resumesAt?: string | undefined;
  readonly workedMs: number;
  readonly counts: {
    readonly requests: number;
    readonly fetched: number;
    readonly created: number;
    readonly updated: number;
    readonly deleted: number;
    readonly quarantined: number;
  };
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

export interface DeadLetterView {
  readonly id: string;
  /** `redriving`: somebody's command is putting it back. */
  readonly status: string;
  readonly source: string;
  readonly account?: string | undefined;
  readonly resource?: string | undefined;
  readonly code: string;
  readonly message: string;
  readonly keptAt: string;
  readonly lastFailedAt: string;
  readonly receiveCount: number;
  readonly redrives: number;
  readonly correlationId?: string | undefined;
}

export interface QuarantinedView {
  readonly account: string;
  readonly resource: string;
  readonly id: string;
  readonly reason: string;
  readonly seenAt: string;
}

export interface AlarmView {
  /** Without the stack's prefix: `stale-resource`, which is its runbook's name too. */
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly severity: string;
  readonly since: string;
  readonly reason: string;
  readonly summary: string;
  readonly hasRunbook: boolean;
}

export interface NotificationView {
  readonly topic: string;
  readonly alarm: string;
  readonly state: string;
  readonly at: string;
}

/** The last half hour, a bucket a minute, oldest first. */
export interface WebhooksView {
  readonly answers: readonly { readonly answer: string; readonly perMinute: readonly number[] }[];
  /** Slowest way from a webhook's arrival to its record's write, in milliseconds; null where there was none. */
  readonly slowestMs: readonly (number | null)[];
}

export interface EventView {
  readonly type: string;
  readonly id: string;
  readonly account: string;
  readonly at: string;
  readonly fields: readonly string[];
}

export type NodeName =
  | 'schedules'
  | 'planner'
  | 'syncJobs'
  | 'worker'
  | 'rentvine'
  | 'webhook'
  | 'api'
  | 'receiver'
  | 'webhookEvents'
  | 'processor'
  | 'records'
  | 'publisher'
  | 'bus'
  | 'deadLetterQueues'
  | 'keeper'
  | 'state';

export interface NodeView {
  readonly health: Health;
  /** Its one number, and what it counts: `3`, `waiting`. */
  readonly value: number;
  readonly unit: string;
  /** Why it is not good, in a few words. */
  readonly note?: string | undefined;
  /** How many went through in the last minute: what makes its edges move. */
  readonly perMinute: number;
}

export type FlowView = Readonly<Record<NodeName, NodeView>>;

/** One account's figures of the latest day, and how they came about. A group is absent where it is not known yet. */
export interface BusinessView {
  readonly account: string;
  readonly at: string;
  readonly occupancy?:
    | {
        readonly units: number;
        readonly occupied: number;
        readonly vacant: number;
        readonly vacancyRate?: number | undefined;
        readonly rentRollCents?: number | undefined;
        readonly rentRollSource?: 'recurringCharges' | 'unitRent' | undefined;
      }
    | undefined;
  readonly leases?:
    | {
        readonly pastDueCents: number;
        readonly pastDueLeases: number;
        /** Active ones that end within so many days. */
        readonly ending: readonly { readonly withinDays: number; readonly count: number }[];
      }
    | undefined;
  readonly collectedThisMonthCents?: number | undefined;
  readonly openWorkOrders?: readonly { readonly priority: string; readonly count: number }[] | undefined;
  /** Oldest first, up to the latest. */
  readonly history: readonly {
    readonly day: string;
    readonly vacancyRate?: number | undefined;
    readonly pastDueCents?: number | undefined;
  }[];
}
