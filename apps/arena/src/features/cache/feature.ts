import type { Feature } from '../../feature.js';
import { openCatalogue } from './catalogue.js';
import script from './panel.browser.js?raw';
import html from './panel.html?raw';
import { products } from './price-list.js';

const body = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string', enum: products } },
} as const;

/** The shop's catalogue, cached in two tiers by every instance: a changed price is the new one everywhere at once. */
export const cacheFeature: Feature = {
  name: 'cache',
  title: 'Catalogue',
  html,
  script,
  register({ app, driver, instance }) {
    const catalogue = openCatalogue(driver, instance);
    app.get('/api/cache', async () => {
      const shown = await catalogue.look();
      return { instance, products: shown, rates: await catalogue.rates() };
    });
    app.post<{ Body: { name: string } }>('/api/cache', { schema: { body } }, async (request) => ({
      cents: await catalogue.raise(request.body.name),
    }));
    app.post('/api/cache/clear', async () => {
      await catalogue.clear();
      return {};
    });
    return () => catalogue.close();
  },
};
