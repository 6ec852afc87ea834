import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/**
 * The icon package's entry file imports six thousand modules. Naming each icon's own file instead keeps
 * the dev server and the tests quick; the types still come from the entry.
 */
function directIcons(): Plugin {
  const statement = /import\s*\{([^}]+)\}\s*from\s*['"]@tabler\/icons-react['"];?/g;
  return {
    name: 'direct-icons',
    enforce: 'pre',
    transform(code, id) {
      if (id.includes('node_modules') || !code.includes('@tabler/icons-react')) return null;
      return code.replace(statement, (_all, names: string) =>
        names
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name.startsWith('Icon'))
          .map((name) => `import ${name} from '@tabler/icons-react/dist/esm/icons/${name}.mjs';`)
          .join(' '),
      );
    },
  };
}

export default defineConfig({
  plugins: [directIcons(), react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  base: './',
  // Each icon is its own small module already; bundling them again at every new one reloads the page.
  optimizeDeps: { exclude: ['@tabler/icons-react'] },
  server: { port: 5173, strictPort: true, host: '127.0.0.1', fs: { allow: ['.', '../src-tauri/crates/console/src/phrases'] } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The content policy allows fonts and scripts from this origin only, so nothing may become a data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 30 },
            { name: 'mantine', test: /node_modules[\\/](@mantine|@floating-ui|clsx|react-remove-scroll)[\\/]/, priority: 20 },
            { name: 'tanstack', test: /node_modules[\\/]@tanstack[\\/]/, priority: 20 },
            { name: 'text', test: /node_modules[\\/](i18next|react-i18next)[\\/]/, priority: 20 },
          ],
        },
      },
    },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/test/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    css: { modules: { classNameStrategy: 'non-scoped' } },
    restoreMocks: true,
    testTimeout: 15_000,
  },
});
