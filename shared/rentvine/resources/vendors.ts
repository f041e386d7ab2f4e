import { contactResource } from './contact.ts';

export const vendors = contactResource('vendors', 60);
