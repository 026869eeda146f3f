"""A study to start from: every section, with what may stand in it."""

from __future__ import annotations

from dataclasses import dataclass

_TEXT = """\
# {about}
# `fmsearch check` says what this study holds before anything is trained; `fmsearch schema --reference` lists all keys.
#
# A single value is fixed, a list is a choice, and {{low: ..., high: ...}} with `step` or `log` is a range.
name: {name}
seed: 0                                     # the same seed gives the same front
{data}

space:
  stages:
    count: {count:<33}# how many stages, one after another
    block:                                  # each stage draws its own values
      kind: conv                            # or separable, residual, inverted_residual, multi_kernel, or a list
      filters: {filters}
      kernel_size: [3, 5]
      strides: [1, 2]                       # 2 halves height and width
      padding: same                         # valid does not pad, so that kernels shrink the image
      activation: relu
      normalization: batch
      pooling: [none, max, average]
      spatial_dropout: {{low: 0.0, high: 0.2, step: 0.1}}
  head:
    pooling: [global_average, flatten]
    units: [0, 32, 64]                      # a dense layer before the last, or none
    dropout: [0.0, 0.25]
  augmentation:                             # each image draws its own amount, up to these
    translation: [0.0, 0.1]

training:
  optimizer: sgd
  momentum: 0.9
  learning_rate: {{low: 0.05, high: 0.8, log: true}}
  schedule: one_cycle                       # rises for a fifth of the steps, then falls to zero
  batch_size: {batch_size}

objectives: {{maximize: accuracy, minimize: parameters}}   # or macs, or memory
limits:                                     # what no candidate may exceed; costs no training
  parameters: {parameters}
engine: {{sampler: front}}                    # ours; or tpe, nsga2, random, ...; or {{name: keras_tuner}}
budget:
  candidates: {candidates:<30}# how many are trained
  rungs: {rungs:<35}# epochs at each rung; the best third goes on to the next
final:
  epochs: 30                                # the front, trained again; the test set is read once, here
  seeds: 1
"""


@dataclass(frozen=True)
class Scale:
    """What depends on the size of the images."""

    count: str = "[1, 2, 3, 4]"
    filters: str = "[8, 16, 32, 64]"
    batch_size: int = 128
    parameters: str = "200_000"
    candidates: int = 60
    rungs: str = "[1, 3, 9]"


SMALL = Scale(
    count="[1, 2, 3]",
    filters="[4, 8, 16, 32, 64]",
    batch_size=32,
    parameters="50_000",
    candidates=36,
    rungs="[2, 6, 18]",
)


def starter(name: str, data: str, about: str, scale: Scale) -> str:
    """The text of a study file.

    Args:
        name: the study's, as YAML writes it.
        data: the line or lines of the `data` section.
        about: what the first line says.
        scale: what depends on the size of the images.
    """
    return _TEXT.format(name=name, data=data, about=about, **vars(scale))
