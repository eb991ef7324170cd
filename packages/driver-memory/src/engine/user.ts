import { createHash } from 'node:crypto';
import type { Signature } from './command-entry.js';
import { failure } from './errors.js';
import { matchesGlob } from './glob.js';
import type { CommandError } from './reply.js';

/** A rule about commands, in the order given: the last one that fits a command decides. */
interface CommandRule {
  readonly allows: boolean;
  readonly text: string;
  fits(signature: Signature): boolean;
}

/** A user part by part. */
export interface UserFacts {
  readonly flags: readonly string[];
  readonly passwords: readonly string[];
  readonly commands: string;
  readonly keys: string;
  readonly channels: string;
}

const passwordOf = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');

/** A user made with ACL SETUSER: passwords, and rules about commands, keys and channels. Selectors are not known. */
export class User {
  readonly name: string;
  enabled = false;
  #open = false;
  #passwords = new Set<string>();
  #rules: CommandRule[] = [];
  #keys: string[] = [];
  #channels: string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** A copy, for changes that are to count all or not at all. */
  copy(): User {
    const copy = new User(this.name);
    copy.enabled = this.enabled;
    copy.#open = this.#open;
    copy.#passwords = new Set(this.#passwords);
    copy.#rules = [...this.#rules];
    copy.#keys = [...this.#keys];
    copy.#channels = [...this.#channels];
    return copy;
  }

  /** Whether the user may come in with this password. */
  accepts(password: string): boolean {
    return this.enabled && (this.#open || this.#passwords.has(passwordOf(password)));
  }

  mayRun(signature: Signature): boolean {
    if (signature.flags.has('no_auth')) return true;
    return this.#rules.findLast((rule) => rule.fits(signature))?.allows === true;
  }

  mayUseKey(key: string): boolean {
    return this.#keys.some((pattern) => matchesGlob(pattern, key));
  }

  /** Channels are matched; a pattern to subscribe to must be one of the user's own, or the user may hear all. */
  mayHear(channel: string, isPattern: boolean): boolean {
    return this.#channels.some((pattern) =>
      isPattern ? pattern === '*' || pattern === channel : matchesGlob(pattern, channel),
    );
  }

  /** The user part by part, as ACL GETUSER tells it. */
  get facts(): UserFacts {
    const flags = [this.enabled ? 'on' : 'off'];
    if (this.#open) flags.push('nopass');
    const rules = this.#rules.map(({ text }) => text);
    return {
      flags,
      passwords: [...this.#passwords],
      commands: (rules[0] === '+@all' ? rules : ['-@all', ...rules]).join(' '),
      keys: this.#keys.map((pattern) => `~${pattern}`).join(' '),
      channels: this.#channels.map((pattern) => `&${pattern}`).join(' '),
    };
  }

  /** The line of ACL LIST. */
  describe(): string {
    const words = [this.enabled ? 'on' : 'off'];
    if (this.#open) words.push('nopass');
    for (const hash of this.#passwords) words.push(`#${hash}`);
    for (const pattern of this.#keys) words.push(`~${pattern}`);
    if (!this.#channels.includes('*')) words.push('resetchannels');
    for (const pattern of this.#channels) words.push(`&${pattern}`);
    if (this.#rules[0]?.text !== '+@all') words.push('-@all');
    for (const { text } of this.#rules) words.push(text);
    return `user ${this.name} ${words.join(' ')}`;
  }

  /** Applies one word of ACL SETUSER; throws for what is none. `known`: all commands and categories. */
  apply(word: string, known: readonly Signature[]): void {
    const rest = word.slice(1);
    if (this.#applyWord(word.toLowerCase())) return;
    switch (word[0]) {
      case '>':
        this.#passwords.add(passwordOf(rest));
        this.#open = false;
        return;
      case '<':
        if (!this.#passwords.delete(passwordOf(rest))) throw badRule(word, unknownPassword);
        return;
      case '~':
        this.#keys.push(rest);
        return;
      case '&':
        this.#channels.push(rest);
        return;
      case '+':
      case '-':
        this.#addRule(word, known);
        return;
      default:
        throw badRule(word, 'Syntax error');
    }
  }

  #applyWord(word: string): boolean {
    if (word === 'on' || word === 'off') this.enabled = word === 'on';
    else if (word === 'nopass' || word === 'resetpass') {
      this.#open = word === 'nopass';
      this.#passwords.clear();
    } else if (word === 'allkeys' || word === 'resetkeys') this.#keys = word === 'allkeys' ? ['*'] : [];
    else if (word === 'allchannels' || word === 'resetchannels') {
      this.#channels = word === 'allchannels' ? ['*'] : [];
    } else if (word === 'allcommands' || word === '+@all') this.#rules = [everything];
    else if (word === 'nocommands' || word === '-@all') this.#rules = [];
    else if (word === 'reset') {
      for (const part of ['off', 'resetpass', 'resetkeys', 'resetchannels', 'nocommands'])
        this.#applyWord(part);
    } else return false;
    return true;
  }

  #addRule(word: string, known: readonly Signature[]): void {
    const text = word.toLowerCase();
    const name = text.slice(1);
    const fits = ({ name: command, categories }: Signature): boolean =>
      name.startsWith('@') ? categories.includes(name) : command === name || command.startsWith(`${name}|`);
    if (!known.some(fits)) throw badRule(word, 'Unknown command or category name in ACL');
    this.#rules = this.#rules.filter((rule) => rule.text.slice(1) !== name);
    this.#rules.push({ allows: text[0] === '+', text, fits });
  }
}

const everything: CommandRule = { allows: true, text: '+@all', fits: () => true };
const unknownPassword = 'The password you are trying to remove from the user does not exist';

function badRule(word: string, reason: string): CommandError {
  return failure(`Error in ACL SETUSER modifier '${word}': ${reason}`);
}
