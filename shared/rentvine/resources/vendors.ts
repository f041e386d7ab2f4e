import { contactResource } from './contact.ts';

declare module '../resource.ts' {
  interface ResourceNames {
    readonly vendors: true;
  }
}

export const vendors = contactResource('vendors', 60);
