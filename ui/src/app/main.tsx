import '@fontsource-variable/inter';
import '@fontsource/jetbrains-mono/400.css';
import '@fontsource/jetbrains-mono/500.css';
import '@mantine/core/styles.css';
import './theme/base.css';
import { createRoot } from 'react-dom/client';
import { ask, createQueryClient, installBridge, listenToCore } from '@/ipc';
import { App } from './App';
import { attachPrefs, prefs } from './prefs';
import { setLanguage } from './i18n';
import { createAppRouter } from './router';

const client = createQueryClient();
const reachable = installBridge();
if (reachable) {
  listenToCore(client);
  // The core's copy of the preferences outlives this window; until it answers the last ones are used.
  void attachPrefs({
    load: async () => (await ask('preferences', undefined)).values,
    save: async (name, value) => void (await ask('preferenceSet', { name, value })),
  }).catch(() => undefined);
}

void setLanguage(prefs.get().language).then(() => {
  const root = document.getElementById('root');
  if (root) createRoot(root).render(<App client={client} router={createAppRouter()} />);
});
