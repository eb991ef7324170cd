/** Where a server listens. `url` is its plain TCP address, `socketPath` its unix socket. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly socketPath: string;
  /** The encrypted port and the file with the certificate to trust, when TLS was asked for. */
  readonly tls?: TlsAddress;
}

/** The encrypted door of a server: its port and the PEM files of its self-signed certificate (which is its own CA). */
export interface TlsAddress {
  readonly port: number;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** What can be done to the server's process. Every call resolves when its effect is there. */
export interface ServerControl {
  /** The server's process id; another one after `restart()`. */
  readonly pid: number;
  /** SIGKILL: the server loses what it did not write. It can be brought back with `restart()`. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing is answered. */
  pause(): Promise<void>;
  /** SIGCONT after `pause()`. */
  resume(): Promise<void>;
  /**
   * Starts it again on the same port with the same settings and folder, after an orderly end (SIGTERM) if it runs.
   * Without an append-only file it comes back empty.
   */
  restart(): Promise<void>;
}

/** A private server: its address, its process, and its end. */
export interface ServerNode extends ServerAddress, ServerControl, AsyncDisposable {
  /** Whether its process runs (a paused one does). */
  readonly running: boolean;
  /** The last lines it printed, for error messages. */
  lastLines(): readonly string[];
  /** Ends it for good, whatever its state, and removes its folder. May be called twice. */
  stop(): Promise<void>;
}
