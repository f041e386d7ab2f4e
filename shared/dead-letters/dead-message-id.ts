/** The attribute of a message that a function put on a dead-letter queue itself: the id under which it had failed. */
export const deadMessageIdAttribute = 'failedMessageId';
