#!/usr/bin/env node
// A file that is there before anything is built: package managers link it at installation.
import '../dist/command/main.js';
