"""A declared space inside your own Optuna or KerasTuner script: one module for each, imported when it is asked for."""
