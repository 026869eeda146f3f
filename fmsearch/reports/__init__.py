"""Views of a run: none of them holds state."""
