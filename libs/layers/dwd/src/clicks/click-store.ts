import type { StateStore } from '@millrace/stream';
import type { Placement } from '../placements';

/** A kept click, valid until its segment is forgotten. */
export type ClickRef = number;
export const NO_CLICK: ClickRef = -1;

/** A click as it is put into the store. */
export interface NewClick {
  readonly user_id: string;
  readonly source: string;
  readonly event_id: string;
  readonly event_time: number;
  readonly event_version: number;
  readonly merchant_id: string;
  readonly campaign_id: string;
  readonly ad_id: string;
  readonly item_id: string | null;
  /** As it came: minor units of its currency. */
  readonly cost_minor: number;
  readonly currency: string;
}

/** A click as it is read back. */
export type KeptClick = NewClick;

/**
 * The state port of the interval join (design, State): the clicks of each user in the order of events. Synchronous.
 * Users and merchants are addressed by numbers that the store gives out; -1 means that it holds nothing of them.
 */
export interface ClickStore extends StateStore {
  userOf(user_id: string): number;
  /** The caller's note of a known user: up to when it has something that clicks may touch. Gone with the user; perhaps true although it has nothing. */
  isWithinReach(user: number, time_ms: number): boolean;
  setReach(user: number, time_ms: number): void;
  merchantOf(merchant_id: string): number;
  itemOf(item_id: string): number;

  /** How many clicks of the user are kept. Index 0 is the first in the order of events. */
  count(user: number): number;
  at(user: number, index: number): ClickRef;
  /** The merchant of the click at `index`, its ad (equal numbers mean the same ad), and whether it happened before a time: without touching the click itself. */
  merchantAt(user: number, index: number): number;
  adAt(user: number, index: number): number;
  isBefore(user: number, index: number, time_ms: number): boolean;
  /** Index of the last click with the merchant, at `from` or before it; -1: there is none. */
  lastOfMerchant(user: number, from: number, merchant: number): number;
  /** How many clicks of the user have a time of at most `time_ms`. */
  countUpTo(user: number, time_ms: number): number;
  /** Index of a kept click of the user. */
  indexOf(user: number, click: ClickRef): number;

  timeOf(click: ClickRef): number;
  placementOf(click: ClickRef): Placement;
  /** -1 when the click has no item. */
  itemNumberOf(click: ClickRef): number;
  /** Null when it has none. */
  itemTextOf(click: ClickRef): string | null;
  versionOf(click: ClickRef): number;
  isInvalid(click: ClickRef): boolean;
  setInvalid(click: ClickRef, invalid: boolean): void;
  isRepeated(click: ClickRef): boolean;
  setRepeated(click: ClickRef, repeated: boolean): void;
  /** Whether its fact stands put: set and cleared by whoever writes facts. */
  isCounted(click: ClickRef): boolean;
  setCounted(click: ClickRef, counted: boolean): void;
  read(click: ClickRef): KeptClick;

  /** Finds by identity (R8). */
  find(user_id: string, source: string, event_id: string): ClickRef;
  /** The identity must not be held yet. */
  add(click: NewClick): ClickRef;
  /** Takes a click out again: a higher version replaces it. */
  remove(user: number, click: ClickRef): void;
}
