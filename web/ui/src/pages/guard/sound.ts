let context: AudioContext | undefined;

/** Browsers play nothing before a first touch: this is called by one. */
export function wakeSound() {
  context ??= new AudioContext();
  void context.resume();
}

export type Sound = 'review' | 'refusal' | 'fever' | 'lost';

// Of each tone: when it begins (s), its pitch (Hz) and how long it sounds (s).
const tones: Record<Sound, [number, number, number][]> = {
  review: [[0, 988, 0.15], [0.25, 988, 0.15]],
  refusal: [[0, 262, 0.4]],
  fever: [[0, 660, 0.2], [0.25, 880, 0.2], [0.5, 1175, 0.2], [0.9, 660, 0.2], [1.15, 880, 0.2], [1.4, 1175, 0.2]],
  lost: [[0, 440, 0.2], [0.3, 330, 0.3]],
};

/** Plays what needs a human: each thing has its tones. */
export function sound(kind: Sound) {
  if (!context || context.state !== 'running') return;
  for (const [at, pitch, long] of tones[kind]) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.value = 0.15;
    tone.connect(volume).connect(context.destination);
    tone.start(context.currentTime + at);
    tone.stop(context.currentTime + at + long);
  }
}
