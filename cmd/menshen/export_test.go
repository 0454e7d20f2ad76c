package main

// What tests look at that no command shows by itself.
var DoorWord = doorWord
