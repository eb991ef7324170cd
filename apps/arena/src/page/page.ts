import type { FastifyInstance } from 'fastify';
import type { Feature } from '../feature.js';
import { visitorOf } from '../visitor.js';
import pressScript from './press.browser.js?raw';
import shellScript from './shell.browser.js?raw';
import shell from './shell.html?raw';
import style from './style.css?raw';

/** Serves the page: a shell, and one panel and one module per feature. Panels are inert until their module listens. */
export function registerPage(app: FastifyInstance, features: readonly Feature[], backend: string): void {
  const panels = features.map(
    ({ name, title, html }) =>
      `<section data-panel="${name}" inert aria-labelledby="${name}-title"><h2 id="${name}-title">${title}</h2>\n${html}</section>`,
  );
  // Functions as replacements: `$` in a panel must stay what it is.
  const page = shell.replace('__BACKEND__', () => backend).replace('__PANELS__', () => panels.join('\n'));
  const assets = new Map([
    ['style.css', { type: 'text/css; charset=utf-8', text: style }],
    ['press.js', { type: 'text/javascript; charset=utf-8', text: pressScript }],
    ['shell.js', { type: 'text/javascript; charset=utf-8', text: shellScript }],
    ...features.map(
      ({ name, script }) => [`${name}.js`, { type: 'text/javascript; charset=utf-8', text: script }] as const,
    ),
  ]);
  app.addHook('onSend', async (_request, reply) => {
    reply.header('content-security-policy', "default-src 'self'; img-src 'self' data:");
    reply.header('x-content-type-options', 'nosniff');
  });
  app.get('/', async (request, reply) => {
    // Named here, before the panels ask all at once: they would each be given another name.
    visitorOf(request, reply);
    return reply.type('text/html; charset=utf-8').send(page);
  });
  app.get<{ Params: { file: string } }>('/assets/:file', async (request, reply) => {
    const asset = assets.get(request.params.file);
    if (asset === undefined) return reply.code(404).send({ error: 'no such asset' });
    return reply.type(asset.type).header('cache-control', 'no-cache').send(asset.text);
  });
}
