"""The interactive shell: what its lines mean, what they complete to, and the editor in which they are typed."""
