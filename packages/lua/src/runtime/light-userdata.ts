/** An opaque value without fields; `cjson.null` is the only one. */
export class LightUserdata {
  readonly label: string;
  constructor(label: string) {
    this.label = label;
  }
}

/** The one value `cjson.null` and a MessagePack-free null share. */
export const NULL_USERDATA: LightUserdata = new LightUserdata('userdata: (nil)');
