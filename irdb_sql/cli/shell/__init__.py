"""The interactive shell: its interpreter, completion and line editor."""
