"""What names an evaluation, and what else its digits depend on."""

import pytest
from digits import evaluation
from pydantic import ValidationError

from fmsearch import kernels
from fmsearch.environment import ONE_THREAD, Environment, chosen_backend
from fmsearch.evaluation import Evaluation, Result
from fmsearch.seeds import derive_seed


def test_a_key_depends_on_everything_that_the_result_depends_on():
    base = evaluation()
    changes = [
        {"candidate": evaluation(learning_rate=0.02).candidate},
        {"dataset": "another"},
        {"epochs": 3},
        {"seed": 2},
        {"purpose": "final"},
        {"environment": base.environment.model_copy(update={"backend_version": "0"})},
        {"environment": base.environment.model_copy(update={"device": "gpu"})},
    ]
    keys = {Evaluation(**{**dict(base), **change}).key for change in changes}
    assert len(keys | {base.key}) == len(changes) + 1


def test_an_evaluation_and_its_result_survive_json():
    base = evaluation(augment={"rotation": 5.0})
    again = Evaluation.model_validate_json(base.model_dump_json())
    assert again == base
    assert again.key == base.key
    result = Result(status="done", accuracy=1 / 3, loss=0.1 + 0.2, seconds=1.5)
    assert Result.model_validate_json(result.model_dump_json()) == result


def test_seeds_depend_on_every_part_and_fit_31_bits():
    seeds = {derive_seed(*parts) for parts in [(0, "a"), (0, "b"), (1, "a"), (0, "a", 0), (0, "a", 1)]}
    assert len(seeds) == 5
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert derive_seed(0, "a") == derive_seed(0, "a")


def test_the_backend_is_that_of_the_variable_or_the_file_or_tensorflow(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    assert chosen_backend() == "tensorflow"
    (tmp_path / "keras.json").write_text('{"backend": "jax"}')
    assert chosen_backend() == "jax"
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert chosen_backend() == "torch"
    assert Environment.here().backend == "torch"


def test_a_hidden_card_is_no_card(monkeypatch, tmp_path):
    monkeypatch.setattr("fmsearch.environment.NVIDIA_DEVICES", tmp_path)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert Environment.here().device == "gpu"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert Environment.here().device == "cpu"


def test_nonsense_is_refused():
    with pytest.raises(ValidationError):
        Evaluation(**{**dict(evaluation()), "epochs": 0})


def test_what_our_own_workers_set_is_no_setting_of_the_user(monkeypatch):
    monkeypatch.delenv("XLA_FLAGS", raising=False)
    before = Environment.here()
    monkeypatch.setenv("XLA_FLAGS", ONE_THREAD)
    assert Environment.here() == before
    monkeypatch.setenv("XLA_FLAGS", f"--xla_cpu_enable_fast_math=true {ONE_THREAD}")
    assert "XLA_FLAGS=--xla_cpu_enable_fast_math=true" in Environment.here().settings
    monkeypatch.setenv("JAX_ENABLE_X64", "1")
    assert "JAX" not in Environment.here().settings
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert "JAX_ENABLE_X64=1" in Environment.here().settings


def test_kernels_that_are_ours_anyway_are_no_setting_of_the_user(monkeypatch):
    monkeypatch.delenv(kernels.VARIABLE, raising=False)
    before = Environment.here()
    monkeypatch.setenv(kernels.VARIABLE, "1")
    assert Environment.here() == before
    monkeypatch.setenv(kernels.VARIABLE, "0")
    assert "TF_ENABLE_ONEDNN_OPTS=0" in Environment.here().settings
