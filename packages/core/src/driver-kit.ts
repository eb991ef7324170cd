/// <reference lib="esnext.disposable" preserve="true" />
export { createDriver, type DriverOptions } from './kit/create-driver.js';
export type {
  LaneConnection,
  SharedConnection,
  SubscriberConnection,
  SubscriberEvents,
  Transport,
  WireArg,
  WireCall,
  WireSender,
} from './kit/transport.js';
