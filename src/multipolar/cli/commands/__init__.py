"""The commands, a file for each subject; a new file here is a new command."""
