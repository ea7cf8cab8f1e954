/** `03-03 10:00:00` in 2025 in Shanghai, where the examples play: its offset has been +8 h for decades. */
export const at = (local: string): number => Date.parse(`2025-${local.replace(' ', 'T')}+08:00`);
