// The package's files are those that the server serves: there is one source, and this copies it before it is packed.
import { copyFileSync } from 'node:fs';

const wwwroot = new URL('../../src/Ttm.Server/wwwroot/', import.meta.url);
for (const file of ['ttm-media.js', 'ttm-media.d.ts']) copyFileSync(new URL(file, wwwroot), new URL(file, import.meta.url));
copyFileSync(new URL('../../LICENSE', import.meta.url), new URL('LICENSE', import.meta.url));
