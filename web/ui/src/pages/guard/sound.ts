let context: AudioContext | undefined;

/** Browsers play nothing before a first touch: this is called by one. */
export function wakeSound() {
  context ??= new AudioContext();
  void context.resume();
}

/** A tone: high and twice for what needs a human, low for a refusal. */
export function sound(kind: 'review' | 'refusal') {
  if (!context || context.state !== 'running') return;
  const beep = (at: number, pitch: number, long: number) => {
    const tone = context!.createOscillator();
    const volume = context!.createGain();
    tone.frequency.value = pitch;
    volume.gain.value = 0.15;
    tone.connect(volume).connect(context!.destination);
    tone.start(context!.currentTime + at);
    tone.stop(context!.currentTime + at + long);
  };
  if (kind === 'review') [0, 0.25].forEach((at) => beep(at, 988, 0.15));
  else beep(0, 262, 0.4);
}
