"""The only room that builds and trains Keras models. Importing it imports no backend."""
