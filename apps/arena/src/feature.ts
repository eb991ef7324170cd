import type { Driver } from '@penknife/core';
import type { FastifyInstance } from 'fastify';

/** What a feature is given. */
export interface FeatureContext {
  readonly app: FastifyInstance;
  readonly driver: Driver;
  /** The name of this instance of the service. */
  readonly instance: string;
  /** Signs cookies; the same for all instances. */
  readonly secret: string;
}

/** One pattern at work: its routes, and its panel on the page. */
export interface Feature {
  /** Used in paths and element ids. */
  readonly name: string;
  readonly title: string;
  /** The panel's body. */
  readonly html: string;
  /** The panel's module; exports `start(panel)`. */
  readonly script: string;
  /** Adds the routes under `/api/<name>`; returns what ends the feature, if anything must. */
  register(context: FeatureContext): (() => Promise<void>) | undefined;
}
