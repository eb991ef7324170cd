export type { Browser, Locator, Page } from 'playwright-core';
export { findBrowser, openBrowser, openPage } from './browser.js';
