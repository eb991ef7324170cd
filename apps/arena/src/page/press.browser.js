// Sends one press. However often it has to be sent, it carries the key it began with, so the server counts it once.
const tries = 3;
const pauseMs = 400;

export async function press(path, body) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const headers = { 'idempotency-key': key };
  if (body !== undefined) headers['content-type'] = 'application/json';
  const request = { method: 'POST', headers, body: JSON.stringify(body) };
  for (let left = tries; ; left--) {
    const response = await fetch(path, request).catch((error) => {
      if (left === 1) throw error;
    });
    if (response?.ok) return response.json();
    // The service or its store is away: ask again. Every other answer is final.
    if (left === 1 || (response !== undefined && response.status !== 503)) {
      throw new Error(`the server answered ${response.status}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
