import { contactResource } from './contact.ts';

export const owners = contactResource('owners', 60);
