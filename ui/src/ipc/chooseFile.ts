import { invoke } from '@tauri-apps/api/core';

/** The system's own dialog for a file to write; `null` when it was closed without an answer. */
export async function chooseFile(name: string): Promise<string | null> {
  try {
    return await invoke<string | null>('plugin:dialog|save', { options: { defaultPath: name } });
  } catch {
    // The path can be typed instead.
    return null;
  }
}

/** Only the desktop window has such a dialog; a browser on the bridge has none. */
chooseFile.possible = (): boolean => {
  const internals = (window as unknown as { __TAURI_INTERNALS__?: { bridge?: boolean } }).__TAURI_INTERNALS__;
  return internals !== undefined && internals.bridge !== true;
};
