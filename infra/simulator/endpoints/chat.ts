import { isoSecond } from '../generator/dates.ts';
import { textAt, type WireObject } from '../generator/wire-object.ts';
import { jsonAnswer } from '../server/answer.ts';
import { InvalidRequest } from '../server/field-errors.ts';
import { type Endpoint, type EndpointCall, fieldsOf } from './endpoint.ts';

const path = '/chat/messages';

const threadOf = (typeID: unknown, id: unknown): string => `${String(typeID)}/${String(id)}`;

/** Reading a thread marks its messages as read for the manager, which is why nobody should poll it. */
function read({ account, query }: EndpointCall) {
  const thread = threadOf(query.get('chatObjectTypeID'), query.get('objectID'));
  const messages = account.chats.get(thread) ?? [];
  account.chats.set(
    thread,
    messages.map((message) => ({ ...message, isRead: true })),
  );
  return jsonAnswer(
    200,
    messages.map((chatMessage) => ({ chatMessage })),
  );
}

function write({ account, body }: EndpointCall) {
  const { chatObjectTypeID = null, objectID = null, ...fields } = fieldsOf(body);
  if (textAt(fields, 'message') === '') throw new InvalidRequest('message', 'Message is required');
  const thread = threadOf(chatObjectTypeID, objectID);
  const all = [...account.chats.values()].reduce((count, messages) => count + messages.length, 0);
  const chatMessage: WireObject = {
    chatMessageID: String(all + 1),
    chatObjectTypeID,
    objectID,
    message: fields.message ?? '',
    isRead: false,
    dateTimeCreated: isoSecond(account.world.clock()),
  };
  account.chats.set(thread, [...(account.chats.get(thread) ?? []), chatMessage]);
  return jsonAnswer(200, { chatMessage });
}

export const chat: readonly Endpoint[] = [
  { method: 'GET', path, answer: read },
  { method: 'POST', path, answer: write },
];
