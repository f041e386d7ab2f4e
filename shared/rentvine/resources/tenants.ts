import { contactResource } from './contact.ts';

declare module '../resource.ts' {
  interface ResourceNames {
    readonly tenants: true;
  }
}

export const tenants = contactResource('tenants', 30);
