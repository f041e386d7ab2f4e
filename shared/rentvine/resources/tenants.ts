import { contactResource } from './contact.ts';

export const tenants = contactResource('tenants', 30);
