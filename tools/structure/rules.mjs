// Every rule of the house. A rule is a function from the workspace to its findings.
import { aclLine } from './rules/acl-line.mjs';
import { circles } from './rules/circles.mjs';
import { declaredDependencies } from './rules/declared-dependencies.mjs';
import { driverAcl } from './rules/driver-acl.mjs';
import { fileLength } from './rules/file-length.mjs';
import { fileNames } from './rules/file-names.mjs';
import { importLayers } from './rules/import-layers.mjs';
import { keysTable } from './rules/keys-table.mjs';
import { luaHeaders } from './rules/lua-headers.mjs';
import { manifestExports } from './rules/manifest-exports.mjs';
import { manifestFields } from './rules/manifest-fields.mjs';
import { manifestVersions } from './rules/manifest-versions.mjs';
import { namedExports } from './rules/named-exports.mjs';
import { patternAnatomy } from './rules/pattern-anatomy.mjs';
import { readmeSections } from './rules/readme-sections.mjs';
import { serversMayBeMissing } from './rules/servers-may-be-missing.mjs';
import { timeAndChance } from './rules/time-and-chance.mjs';
import { unwantedText } from './rules/unwanted-text.mjs';

/** @type {readonly ((workspace: import('./workspace.mjs').Workspace) => import('./workspace.mjs').Finding[])[]} */
export const rules = [
  importLayers,
  declaredDependencies,
  circles,
  namedExports,
  fileLength,
  fileNames,
  timeAndChance,
  serversMayBeMissing,
  patternAnatomy,
  readmeSections,
  manifestFields,
  manifestExports,
  manifestVersions,
  luaHeaders,
  aclLine,
  driverAcl,
  keysTable,
  unwantedText,
];
