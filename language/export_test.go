package language

// Parse reads a catalogue of a test's own.
var Parse = parse
