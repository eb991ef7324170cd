#!/usr/bin/env node
import { runServerCommand } from './server/server-command.js';

process.exitCode = await runServerCommand(process.argv.slice(2));
