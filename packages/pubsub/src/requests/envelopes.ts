import { bytesCodec, type Codec, CodecError } from '@penknife/core';

/** A request as it travels: where the answers go, its number there, and its body. */
export interface RequestEnvelope {
  readonly inbox: string;
  readonly number: string;
  readonly body: Uint8Array;
}

/** An answer as it travels. `failed`: the responder could not answer, and there is no body. */
export interface AnswerEnvelope {
  readonly number: string;
  readonly from: string;
  readonly failed: boolean;
  readonly body: Uint8Array;
}

const requestForm = /^([\w-]{13,32})\.([0-9a-z]{1,11})$/;
const answerForm = /^([0-9a-z]{1,11})\.([\w-]{13,32})\.([+-])$/;
const longestHead = 80;

/** How requests travel. Its id is no other codec's, so a channel of messages is never taken for one of requests. */
export const requestCodec: Codec<RequestEnvelope> = {
  id: '?',
  name: 'request',
  encode: ({ inbox, number, body }) => joined(`${inbox}.${number}`, body),
  decode(data) {
    const { head, body } = split(data, 'request');
    const [, inbox, number] = requestForm.exec(head) ?? [];
    if (inbox === undefined || number === undefined) throw new CodecError('request', 'not a request');
    return { inbox, number, body };
  },
};

/** How answers travel. */
export const answerCodec: Codec<AnswerEnvelope> = {
  id: '!',
  name: 'answer',
  encode: ({ number, from, failed, body }) => joined(`${number}.${from}.${failed ? '-' : '+'}`, body),
  decode(data) {
    const { head, body } = split(data, 'answer');
    const [, number, from, sign] = answerForm.exec(head) ?? [];
    if (number === undefined || from === undefined) throw new CodecError('answer', 'not an answer');
    return { number, from, failed: sign === '-', body };
  },
};

function joined(head: string, body: Uint8Array): Uint8Array {
  return bytesCodec.encode(Buffer.concat([Buffer.from(`${head}\n`, 'latin1'), body])) as Uint8Array;
}

function split(data: Uint8Array, name: string): { readonly head: string; readonly body: Uint8Array } {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const end = bytes.subarray(0, longestHead).indexOf(0x0a);
  if (end < 0) throw new CodecError(name, 'it has no head');
  return { head: bytes.toString('latin1', 0, end), body: bytes.subarray(end + 1) };
}
