/// <reference lib="esnext.disposable" preserve="true" />
export type { SocketBridgeOptions, WantedAct } from './ws/bridge-options.js';
export type { ClientMessage } from './ws/client-message.js';
export type { Refusal, ServerMessage } from './ws/server-message.js';
export { createSocketBridge, type SocketBridge, type SocketBridgeStats } from './ws/socket-bridge.js';
export type { SocketLike } from './ws/socket-like.js';
