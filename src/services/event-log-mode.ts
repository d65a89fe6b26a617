/**
 * What a service's event log holds: nothing, what happened, or what happened and each token that was issued, which is one
 * more write a token.
 */
export const EVENT_LOG_MODES = ['off', 'on', 'all'] as const;

export type EventLogMode = (typeof EVENT_LOG_MODES)[number];
