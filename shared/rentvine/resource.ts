import type { KeptFields } from './contact-fields.ts';
import type { Reader } from './reader.ts';
import type { ResourceData } from './resource-data.ts';

/** How an incremental read asks only for what changed. Without one, an incremental read is one pass over the list. */
export type ChangeFilter =
  /** `dateTimeModifiedMin=YYYY-MM-DD HH:MM:SS`, the cursor less the overlap. */
  | { readonly by: 'dateTimeModified' }
  /** `datePostedMin=YYYY-MM-DD`, a rolling window: old rows change (voiding) without any date moving. */
  | { readonly by: 'datePosted'; readonly windowDays: number };

/**
 * One Rentvine resource: everything that is particular to it, in one place. Schedules, dashboards, documentation and
 * the simulator are generated from these entries; adding a resource is adding a file and naming it in `catalogue.ts`.
 */
export interface Resource<Name extends string = string> {
  readonly name: Name;
  /**
   * List path below the account's base URL. An account's secret may correct it. With the parent's id in braces where there is
   * a list for each parent alone: `/leases/{leaseId}/recurring-charges`.
   */
  readonly listPath: string;
  /** What it is listed for, where it has no list of its own. Then its change filter and query are the parent's. */
  readonly parent?: Resource;
  /** Path of one object, with `{id}` and any of the record's own fields in braces; absent where no single read is known. */
  readonly onePath?: string;
  /** Query of the single read, if it needs one. */
  readonly oneQuery?: Readonly<Record<string, string>>;
  /** Canonical name under which a row holds its object: `workOrder`. */
  readonly rowKey: string;
  /** Other names under which it might be, where the reference does not tell. */
  readonly otherRowKeys?: readonly string[];
  /** Canonical name of the object's id: `workOrderId`. */
  readonly idField: string;
  /** Other names that the id might have, where the reference does not tell; it is stored as `idField`. */
  readonly otherIdFields?: readonly string[];
  /** Types the object itself; unknown keys are kept as they came. */
  readonly read: Reader<ResourceData>;
  /** The only fields that are kept of the object, where it is a person or company. All others keep all but personal ones. */
  readonly keeps?: KeptFields;
  /** Objects beside it in the row that are part of it, by canonical name. Everything else beside it is dropped. */
  readonly siblings: Readonly<Record<string, Reader>>;
  /** Ids to take from objects beside it where the object itself lacks them: `{ propertyId: 'property' }`. */
  readonly idsFromSiblings: Readonly<Record<string, string>>;
  readonly changeFilter?: ChangeFilter;
  /** List query and check for `--active-only`. */
  readonly activeOnly?: {
    readonly query: Readonly<Record<string, string>>;
    readonly isActive: (data: ResourceData) => boolean;
    /** A resource whose active records, as they are stored, name the ids of the active objects. */
    readonly namedBy?: { readonly resource: Resource; readonly ids: (data: ResourceData) => readonly string[] };
  };
  /** Minutes between incremental reads, 5 to 60. */
  readonly incrementalMinutes: number;
  /** Normalised webhook event subjects (`lease`, `leasecharge`) that hint at this resource. */
  readonly webhookSubjects: readonly string[];
  /** Rentvine's objectTypeID, where one is known. */
  readonly objectTypeId?: string;
}
