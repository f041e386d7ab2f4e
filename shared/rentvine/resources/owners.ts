import { contactResource } from './contact.ts';

declare module '../resource.ts' {
  interface ResourceNames {
    readonly owners: true;
  }
}

export const owners = contactResource('owners', 60);
