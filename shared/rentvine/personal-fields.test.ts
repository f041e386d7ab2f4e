import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalKey } from './canonical.ts';
import { createCleaner } from './clean-row.ts';
import { contactFields, type KeptFields } from './contact-fields.ts';
import { applications } from './resources/applications.ts';
import { leases } from './resources/leases.ts';
import { owners } from './resources/owners.ts';
import { portfolios } from './resources/portfolios.ts';
import { tenants } from './resources/tenants.ts';
import { workOrders } from './resources/work-orders.ts';
import { type parseRow, rowReader } from './row.ts';

const secret = 'PLANTED-7731';

const dataOf = (resource: Parameters<typeof parseRow>[0], raw: unknown, keep: readonly string[] = []) => {
  const result = rowReader(resource, keep).read(raw);
  if (!result.ok) throw new Error(result.rejected.reason);
  return result.row.data;
};

function namesIn(kept: KeptFields, found = new Set<string>()): Set<string> {
  for (const [name, below] of kept) {
    if (found.has(name)) continue;
    found.add(name);
    namesIn(below, found);
  }
  return found;
}
const listed = namesIn(contactFields);

/** Names that nobody put on a list: those that are known to be personal, what is like them, and any at all. */
const known =
  `birthDate identificationNumber identificationTypeID taxPayerName hasTaxIdentifier achAccountNumberTruncated
  achDetailsCiphertextID SSN_last4 dob driversLicense monthlyIncome`.split(/\s+/);
const others =
  `notes note memo remarks maidenName voterRegistration fiscalCode payeeName employer emergencyPhone gender race
  maritalStatus visaNumber customFields medicalNeeds securityQuestion pin curp portalPassword previousAddress`.split(
    /\s+/,
  );
const neighbour = fc
  .tuple(
    fc.constantFrom(...known),
    fc.constantFrom('', 'tenant_', 'x', 'last', 'is'),
    fc.constantFrom('', '_2', 'Copy', ' (old)', 'ID'),
    fc.boolean(),
  )
  .map(([name, before, after, isLower]) => `${before}${isLower ? name.toLowerCase() : name}${after}`);
const unlisted = fc
  .oneof(fc.constantFrom(...known, ...others), neighbour, fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }))
  .filter((key) => !listed.has(canonicalKey(key)) && key !== '__proto__');

const value = fc.constantFrom<unknown>(secret, [secret], { value: secret }, { a: { b: [secret] } });

/** Where contacts turn up, with what is planted in one. */
const placesOfContacts: readonly [string, (contact: Record<string, unknown>) => Record<string, unknown>][] = [
  ['a tenant', (contact) => dataOf(tenants, { contact: { contactID: 1, ...contact } })],
  ['a bare owner', (contact) => dataOf(owners, { ...contact, contactID: 1 })],
  ['tenants of a lease', (contact) => dataOf(leases, { lease: { leaseID: 1, tenants: [contact] } })],
  [
    'tenants of a single lease',
    (contact) => dataOf(leases, { lease: { leaseID: 1, tenants: [{ leaseTenant: contact, contact }] } }),
  ],
  [
    'contacts of a portfolio, JSON in a string',
    (contact) => dataOf(portfolios, { portfolio: { portfolioID: 1, contacts: JSON.stringify([contact]) } }),
  ],
  [
    'owners of a portfolio',
    (contact) => dataOf(portfolios, { portfolio: { portfolioID: 1, owners: { first: contact, contact } } }),
  ],
  ['applicants', (contact) => dataOf(applications, { application: { applicationID: 1, coApplicants: [[contact]] } })],
  [
    'what looks like a contact by whatever name',
    (contact) =>
      dataOf(workOrders, {
        workOrder: { workOrderID: 1, who: { ...contact, contactID: '5', email: 'a@example.com' } },
      }),
  ],
];

describe('of a contact, only listed fields are kept', () => {
  it.each(placesOfContacts)('in %s', (_, keptOf) => {
    const text = fc.constantFrom<(inner: unknown) => unknown>(
      (inner) => inner,
      (inner) => JSON.stringify(inner),
      (inner) => `Details: ${JSON.stringify(inner)}`,
      (inner) => JSON.stringify({ contact: inner }).slice(0, -3),
    );
    fc.assert(
      fc.property(
        unlisted,
        value,
        text,
        fc.constantFrom('', 'tenant', 'country', 'addresses'),
        (key, planted, spell, nest) => {
          const contact = { [key]: planted };
          const kept = keptOf(nest === '' ? contact : { [nest]: spell(contact) });
          expect(JSON.stringify(kept)).not.toContain(secret);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('and those are', () => {
    const contact = {
      contactID: '7',
      contactTypeID: 2,
      name: 'Ada Example',
      firstName: 'Ada',
      email: 'ada@example.com',
      emails: [{ emailID: 1, email: 'ada@example.com', isPrimary: true }],
      phones: '[{"phoneID": 2, "number": "555-0100", "phoneTypeID": "1"}]',
      address: '1 Example St',
      stateID: '5',
      code: 'A-1',
      isActive: '1',
    };
    expect(dataOf(tenants, { contact })).toEqual({
      contactId: '7',
      contactTypeId: '2',
      name: 'Ada Example',
      firstName: 'Ada',
      email: 'ada@example.com',
      emails: [{ emailId: 1, email: 'ada@example.com', isPrimary: true }],
      phones: [{ phoneId: 2, number: '555-0100', phoneTypeId: '1' }],
      address: '1 Example St',
      stateId: '5',
      code: 'A-1',
      isActive: true,
    });
    const leaseTenant = { leaseTenantID: 3, contactID: 7, isPrimary: '1' };
    expect(
      dataOf(leases, { lease: { leaseID: 1, tenants: [{ leaseTenant, contact: { contactID: 7, name: 'Ada' } }] } }),
    ).toEqual({
      leaseId: '1',
      tenants: [{ leaseTenantId: 3, contactId: '7', isPrimary: '1', name: 'Ada' }],
    });
  });
});

describe('of anything else, personal families are dropped', () => {
  const personal = fc.constantFrom(
    ...`birthDate Birth_Date identification_number IdentificationTypeId taxPayerID tax_payer_name ACHAccountNumber bankName
      routing_number SSN_last4 passportNumber monthlyIncome driversLicense`.split(/\s+/),
  );
  const planted = fc.oneof(
    fc.tuple(personal, value).map(([key, inner]): Record<string, unknown> => ({ [key]: inner })),
    fc
      .tuple(
        fc.constantFrom('name', 'label', 'key', 'field', 'Label', 'fieldName'),
        fc.constantFrom('value', 'values', 'answer', 'string_value', 'previous'),
        fc.oneof(personal, fc.constantFrom('Social Security #', 'Date of birth', 'Account No.', 'Gross income?')),
        value,
        fc.boolean(),
      )
      .map(
        ([name, values, label, inner, isNested]): Record<string, unknown> =>
          isNested ? { [values]: inner, customField: { [name]: label } } : { [values]: inner, [name]: label, id: 1 },
      ),
  );
  const wraps = fc.array(
    fc.constantFrom<(inner: unknown) => unknown>(
      (inner) => ({ details: inner }),
      (inner) => ({ custom_fields: inner, Notes: 'x' }),
      (inner) => [1, inner],
      (inner) => JSON.stringify(inner),
      (inner) => JSON.stringify({ a: inner }),
    ),
    { maxLength: 6 },
  );
  const broken = fc.constantFrom<(inner: unknown) => unknown>(
    (inner) => inner,
    (inner) => `as of today: ${JSON.stringify(inner)}`,
    (inner) => JSON.stringify([inner, 1, 2]).slice(0, -4),
    (inner) => `${JSON.stringify(inner)} and more`,
  );

  it('at any depth, as pairs of a name and a value, in JSON inside strings, after a prefix and cut off', () => {
    fc.assert(
      fc.property(planted, wraps, broken, fc.boolean(), (object, wrap, spell, isNested) => {
        const inner = wrap.reduce((wrapped, one) => one(wrapped), isNested ? { z: object } : spell(object));
        const outer = isNested ? spell(inner) : inner;
        expect(JSON.stringify(dataOf(workOrders, { workOrder: { workOrderID: 1, extra: { outer } } }))).not.toContain(
          secret,
        );
        expect(
          JSON.stringify(dataOf(leases, { lease: { leaseID: 1 }, unpaidCharges: [{ chargeID: 1, outer }] })),
        ).not.toContain(secret);
      }),
      { numRuns: 1000 },
    );
  });

  it('and nothing else: no text that merely looks like JSON, no value of an ordinary name, no amount of tax', () => {
    const workOrder = {
      workOrderID: 1,
      name: 'Bank Street 5',
      value: 12,
      description: 'Tenant says: "leak": fix it {soon}',
      note: '{"a": "b"}',
      bracket: '[Vacant] unit',
      syntax: 1,
      attachments: [{ name: 'Lease', value: 'kept' }],
      taxRate: '8.5',
      vendor: '12',
      numberOfTenants: 2,
      steps: [{ label: 'Move-in bonus', value: '100' }],
    };
    const { workOrderID: _workOrderID, ...rest } = workOrder;
    expect(dataOf(workOrders, { workOrder })).toEqual({ workOrderId: '1', ...rest });
  });
});

describe('what an account keeps by name', () => {
  const contact = {
    contactID: 1,
    notes: 'kept',
    memo: 'dropped',
    customFields: { 'Move-in bonus': '100', Pets: 'dropped', SSN: secret },
  };

  it('is kept, and nothing beside it', () => {
    expect(dataOf(tenants, { contact }, ['tenants.notes', 'tenants.customFields.Move-in bonus'])).toEqual({
      contactId: '1',
      notes: 'kept',
      customFields: { 'Move-in bonus': '100' },
    });
    expect(dataOf(owners, { contact }, ['tenants.notes'])).toEqual({ contactId: '1' });
  });

  it('is found among pairs of a name and a value too, and in contacts of other resources', () => {
    const customFields = [
      { customFieldID: 1, label: 'Move-in bonus', value: '100' },
      { customFieldID: 2, label: 'Pets', value: 'dropped' },
    ];
    expect(
      dataOf(tenants, { contact: { contactID: 1, customFields } }, ['tenants.customFields.move-in bonus']),
    ).toEqual({
      contactId: '1',
      customFields: [{ customFieldId: 1, label: 'Move-in bonus', value: '100' }],
    });
    const lease = { leaseID: 1, tenants: [{ contactID: 1, memo: 'kept', notes: 'dropped' }] };
    expect(dataOf(leases, { lease }, ['leases.tenants.memo'])).toEqual({
      leaseId: '1',
      tenants: [{ contactId: '1', memo: 'kept' }],
    });
  });

  it('never holds a personal family', () => {
    const keep = ['tenants.customFields', 'tenants.customFields.SSN', 'tenants.birthDate', 'tenants.pairs'];
    const pairs = [{ label: 'Birth date', value: secret }];
    const kept = dataOf(tenants, { contact: { ...contact, birthDate: secret, pairs } }, keep);
    expect(JSON.stringify(kept)).not.toContain(secret);
    expect(kept.customFields).toEqual({ 'Move-in bonus': '100', pets: 'dropped' });
  });
});

describe('what was seen of rows', () => {
  it('is counted by the names of what was dropped, and by names and types of what was kept, never by a value', () => {
    const reader = rowReader(tenants);
    for (const contactID of [1, '2']) {
      reader.read({
        contact: {
          contactID,
          name: null,
          notes: secret,
          birthDate: secret,
          emails: [{ email: secret }, { email: secret, ssn: secret }],
          customFields: [{ label: 'Move-in bonus', value: secret }],
          [`ref 123-45-678${contactID}`]: secret,
        },
        property: { propertyID: 1 },
      });
    }
    const seen = reader.seen();
    expect(JSON.stringify(seen)).not.toContain(secret);
    expect(seen).toEqual({
      rows: 2,
      fields: [
        { path: 'contactId', seen: 2, types: ['text', 'number'] },
        { path: 'emails', seen: 2, types: ['list'] },
        { path: 'emails.email', seen: 4, types: ['text'] },
        { path: 'name', seen: 2, types: ['null'] },
      ],
      dropped: [
        { path: '(unnamed)', count: 2 },
        { path: 'birthDate', count: 2 },
        { path: 'customFields', count: 2 },
        { path: 'customFields.Move-in bonus', count: 2 },
        { path: 'emails.ssn', count: 2 },
        { path: 'notes', count: 2 },
      ],
      ignored: ['property'],
    });
  });

  it('takes no value for a name, though it stands where a label could stand', () => {
    // No digits: a name with several would not be told anyway.
    const planted = 'PLANTED';
    const text = 'a text';
    const person = { name: `${planted} tax payer`, taxPayerName: `${planted} income`, taxId: planted, text };
    const pair = { taxPayerName: `${planted} birth`, value: planted };
    const objects = { emergency: person, tenants: [{ contactID: 1, ...person }], relatives: [person, pair], pair };
    for (const resource of [tenants, leases, workOrders]) {
      const reader = rowReader(resource);
      reader.read({ [resource.rowKey]: { [resource.idField]: 1, ...objects, ...person } });
      reader.read({ [resource.rowKey]: { [resource.idField]: 2, details: [JSON.stringify(objects)], ...objects } });
      expect(JSON.stringify(reader.seen()), resource.name).not.toContain(planted);
    }
    const reader = rowReader(workOrders);
    reader.read({ workOrder: { workOrderID: 1, custom: [{ customFieldID: 1, name: 'Tax ID', value: planted }] } });
    expect(reader.seen().dropped).toEqual([{ path: 'custom.Tax ID', count: 1 }]);
  });

  it('tells fields of objects beside the record under their own name', () => {
    const reader = rowReader(leases);
    reader.read({
      lease: { leaseID: 1, tenants: [{ contactID: 1 }] },
      balances: { unpaidTotalAmount: '1.00' },
      property: { city: 'x' },
    });
    expect(reader.seen().fields.map(({ path }) => path)).toEqual([
      'balances',
      'balances.unpaidTotalAmount',
      'leaseId',
      'property',
      'tenants',
      'tenants.contactId',
    ]);
  });

  it('takes no more memory the more keys there are', () => {
    const reader = rowReader(leases);
    for (let row = 0; row < 200; row++) {
      const keys = Object.fromEntries(
        Array.from({ length: 100 }, (_, index) => [
          `key${row}x${index}`.replaceAll(/\d/g, (d) => 'abcdefghij'.charAt(Number(d))),
          1,
        ]),
      );
      reader.read({ lease: { leaseID: row, keys, more: [keys] } });
    }
    expect(reader.seen().fields.length).toBeLessThan(1_000);
  });
});

it('JSON text without anything personal stays as it is written', () => {
  for (const text of ['{"a" : "b"}', '[1, 2]', '"x"', '{"tenants": "two"}']) {
    expect(createCleaner().clean({ text })).toEqual({ text });
  }
});
