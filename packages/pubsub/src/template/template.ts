import { InvalidArgumentError } from '@penknife/core';
import { decodeParameter, encodeParameter } from './parameter.js';

/** One segment of a template: constant text, or a parameter. */
export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string };

/** A channel template, read once. */
export interface Template {
  readonly text: string;
  readonly segments: readonly Segment[];
  readonly names: ReadonlySet<string>;
}

/** Parameters whose names the compiler does not know any more. */
export type AnyParameters = Readonly<Record<string, string>>;

const textRule = /^[A-Za-z0-9_.-]+$/;
const nameRule = /^\{([A-Za-z][A-Za-z0-9_]*)\}$/;

/** Reads a template: segments separated by `:`, each either letters, digits, `_`, `.`, `-`, or a whole `{parameter}`. */
export function parseTemplate(text: string): Template {
  if (typeof text !== 'string' || text.length === 0 || text.length > 200) {
    throw new InvalidArgumentError('channel template', 'must be a string of 1 to 200 characters', text);
  }
  const names = new Set<string>();
  const segments = text.split(':').map((part): Segment => {
    const name = nameRule.exec(part)?.[1];
    if (name === undefined) {
      if (textRule.test(part)) return { kind: 'text', text: part };
      const rule =
        'must be segments separated by `:`, each letters, digits, `_`, `.`, `-`, or one whole `{parameter}`';
      throw new InvalidArgumentError('channel template', rule, text);
    }
    if (names.has(name)) {
      throw new InvalidArgumentError('channel template', 'must name each parameter once', text);
    }
    names.add(name);
    return { kind: 'parameter', name };
  });
  return { text, segments, names };
}

/** The segments of one channel, as the parameters fill them; each checked, none encoded. */
export function fillTemplate(template: Template, parameters: AnyParameters): readonly string[] {
  refuseStrangers(template, parameters);
  return template.segments.map((segment) => {
    if (segment.kind === 'text') return segment.text;
    const value = parameters[segment.name] as string;
    encodeParameter(value, segment.name);
    return value;
  });
}

/** The name of one channel: its segments encoded, separated by `:`. */
export function channelOf(template: Template, parameters: AnyParameters): string {
  refuseStrangers(template, parameters);
  let name = '';
  for (const segment of template.segments) {
    if (name !== '') name += ':';
    name +=
      segment.kind === 'text'
        ? segment.text
        : encodeParameter(parameters[segment.name] as string, segment.name);
  }
  return name;
}

/** The glob of all channels that fit: parameters that are left out become `*`, nothing else can. */
export function globOf(template: Template, parameters: AnyParameters): string {
  refuseStrangers(template, parameters);
  return template.segments
    .map((segment) => {
      if (segment.kind === 'text') return segment.text;
      const value = parameters[segment.name];
      return value === undefined ? '*' : encodeParameter(value, segment.name);
    })
    .join(':');
}

/**
 * The parameters of a channel name, or undefined when it is not one of this template: a glob's `*` spans segments, so what
 * the server matched is matched once more, strictly.
 */
export function parametersOf(template: Template, channel: string): AnyParameters | undefined {
  const parts = channel.split(':');
  if (parts.length !== template.segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [i, segment] of template.segments.entries()) {
    const part = parts[i] as string;
    if (segment.kind === 'text') {
      if (part !== segment.text) return undefined;
      continue;
    }
    const value = decodeParameter(part);
    if (value === undefined) return undefined;
    parameters[segment.name] = value;
  }
  return parameters;
}

function refuseStrangers(template: Template, parameters: AnyParameters): void {
  if (typeof parameters !== 'object' || parameters === null) {
    throw new InvalidArgumentError(
      'parameters',
      `must be an object with the names of ${template.text}`,
      parameters,
    );
  }
  for (const name in parameters) {
    if (!template.names.has(name)) {
      throw new InvalidArgumentError('parameters', `must only name what ${template.text} names`, name);
    }
  }
}
