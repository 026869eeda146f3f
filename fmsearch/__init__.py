"""Declarative architecture search for Keras."""
