import { type DurableKey, defineKeys, type EphemeralKey, type KeyBuilders, type Keys } from '@penknife/core';

/** The kinds of keys of this package. */
export type LeaderboardKeyKinds = {
  readonly board: DurableKey;
  readonly 'board-index': DurableKey;
  readonly 'board-groups': DurableKey;
  readonly 'board-meta': DurableKey;
  readonly period: EphemeralKey;
  readonly 'period-index': EphemeralKey;
  readonly 'period-groups': EphemeralKey;
  readonly 'period-meta': EphemeralKey;
  readonly 'board-history': DurableKey;
  readonly 'board-attempts': DurableKey;
  readonly 'board-hidden': DurableKey;
  readonly rounds: DurableKey;
  readonly banned: DurableKey;
  readonly 'period-history': EphemeralKey;
  readonly 'period-attempts': EphemeralKey;
  readonly 'period-hidden': EphemeralKey;
  readonly 'period-parts': EphemeralKey;
  readonly 'period-lapses': EphemeralKey;
  readonly final: EphemeralKey;
  readonly rewards: EphemeralKey;
  readonly snapshot: EphemeralKey;
  readonly once: EphemeralKey;
  readonly outbox: DurableKey;
  readonly reached: DurableKey;
  readonly applied: DurableKey;
  readonly lease: EphemeralKey;
};

/** Builds the keys of one namespace. */
export type LeaderboardKeyBuilders = KeyBuilders<LeaderboardKeyKinds>;

/** A hash tag: what lies under one shares a slot. */
export type SlotTag = string | readonly string[];

/** Where rounds are kept: the leaderboard's own part of every key. */
export interface RoundHome {
  readonly name: string;
  /** Of all that does not live apart. */
  readonly tag: SlotTag;
  readonly keys: LeaderboardKeyBuilders;
  readonly described: boolean;
  readonly bans: boolean;
}

/**
 * Every key of this package. The leaderboard's name is the hash tag, so all its boards share a slot, but for those that live
 * apart and for shards, which have tags of their own.
 */
export const leaderboardKeys: Keys<LeaderboardKeyKinds> = defineKeys({
  pattern: 'lb',
  version: 1,
  kinds: {
    board: {
      life: 'durable',
      holds:
        'sorted set: the members of a board without periods, by their packed place or with their place in front',
      bound: "one entry a member until it is removed; at most the board's size, where one is given",
    },
    'board-index': {
      life: 'durable',
      holds: 'hash: the places of the members of a lexicographic board',
      bound: 'one field per member of its board',
    },
    'board-groups': {
      life: 'durable',
      holds: 'sorted set: the distinct results of a board that ranks densely',
      bound: 'at most one entry per member of its board',
    },
    'board-meta': {
      life: 'durable',
      holds: 'hash: metadata by member',
      bound: 'at most one field per member of its board',
    },
    period: {
      life: 'ephemeral',
      holds: 'sorted set: the same of one period of a board, or of a rolling window',
    },
    'period-index': {
      life: 'ephemeral',
      holds: 'hash: the places of the members of one period of a lexicographic board',
    },
    'period-groups': {
      life: 'ephemeral',
      holds: 'sorted set: the distinct results of one period of a board that ranks densely',
    },
    'period-meta': {
      life: 'ephemeral',
      holds: 'hash: metadata by member, for one period of a board',
    },
    'board-history': {
      life: 'durable',
      holds: 'hash: ranks and places of the past, by member',
      bound: 'one field per member of its board, of as many samples as are kept',
    },
    'board-attempts': {
      life: 'durable',
      holds: 'hash: how often each member has submitted, where that is limited',
      bound: 'one field per member that ever submitted, until it is forgotten',
    },
    'board-hidden': {
      life: 'durable',
      holds: 'hash: the places of banned members',
      bound: 'one field per banned member',
    },
    rounds: {
      life: 'durable',
      holds: 'sorted set: the rounds there are, by when they end',
      bound: 'one entry a round that has not expired; of those that have, each new round takes a hundred off',
    },
    banned: {
      life: 'durable',
      holds: 'set: who is banned',
      bound: 'one entry a ban, until it is lifted or the member is forgotten',
    },
    'period-history': {
      life: 'ephemeral',
      holds: 'hash: ranks and places of the past, by member, for one period of a board',
    },
    'period-attempts': {
      life: 'ephemeral',
      holds: 'hash: how often each member has submitted in one period of a board',
    },
    'period-hidden': {
      life: 'ephemeral',
      holds: 'hash: the places of banned members in one period of a board',
    },
    'period-parts': {
      life: 'ephemeral',
      holds: 'hash: what members scored, by bucket of a rolling window',
    },
    'period-lapses': {
      life: 'ephemeral',
      holds: 'sorted set: when what stands in the buckets of a rolling window lapses',
    },
    final: {
      life: 'ephemeral',
      holds: 'list: the final result of a period, written once',
    },
    rewards: {
      life: 'ephemeral',
      holds: 'set: members of a final result whose rewards are not handed over yet',
    },
    snapshot: {
      life: 'ephemeral',
      holds: 'hash: where the best members stood in a stretch of time, taken once',
    },
    once: {
      life: 'ephemeral',
      holds:
        'the answer to a submit with a key, and of which boards it is, for whoever submits again under that key',
    },
    outbox: {
      life: 'durable',
      holds: 'stream: submits that boards of other slots have not got yet',
      bound: 'one entry a submit, until the relay has handed it over',
    },
    reached: {
      life: 'durable',
      holds: 'set: the slots that the outbox hands over to',
      bound: 'one entry a board that lives apart, and part of it',
    },
    applied: {
      life: 'durable',
      holds: 'the last entry of the outbox that came to this slot, and how it was refused, if it was',
      bound: 'one a board that lives apart, and part of it',
    },
    lease: {
      life: 'ephemeral',
      holds: 'which process hands the outbox over',
    },
  },
});
