# ruff: noqa: E501  # a complaint is compared as it is told, on one line
"""Every way to get a study file wrong is answered with the place, the line, what was expected and the nearest name."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fmsearch.errors import InputError
from fmsearch.study import load_study

STUDY = "name: x\nspace:\n  stages:\n    block: {kind: conv, filters: 8}\n"
TOP = "name, seed, data, blocks, space, training, objectives, limits, engine, budget, final"
CONV = (
    "kind, filters, kernel_size, strides, padding, activation, normalization, pooling, pool_size, early_pooling, "
    "spatial_dropout, repeat"
)
DATASETS = "'digits', 'fashion_mnist', 'mnist' or 'cifar10'"
ACTIVATIONS = "'relu', 'leaky_relu', 'elu', 'gelu', 'silu' or 'hard_silu'"
KINDS = "'conv', 'residual', 'separable', 'inverted_residual' or 'multi_kernel'"
RANGE_OR_PROGRESSION = "expected `low` and `high` for a range, or `start` and `growth` for a progression"
LISTS = "a choice is a list of kernel sizes; expected lists in a list, as in [[1, 3], [1, 3, 5]]"
NAME = "a letter or digit, then letters, digits, '.', '_' and '-', 64 at most"


def complaint(folder, text):
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_study(path)
    return str(caught.value).replace(str(path), "study.yaml")


# Each line stands below STUDY, so in line 5. `^` is put below the column.
SECTIONS = [
    ("trainig: {}", 1, f"unknown key 'trainig'; expected {TOP}; did you mean 'training'?"),
    ("'': 1", 1, f"unknown key ''; expected {TOP}."),
    ("<<: {name: y}", 1, f"unknown key '<<'; expected {TOP}."),
    ("training:", 10, "training is empty; expected a mapping."),
    ("training: adamw", 11, "training is 'adamw'; expected a mapping."),
    ("training: [adamw]", 11, "training is ['adamw']; expected a mapping."),
    ("seed: -1", 7, "seed is -1; expected at least 0."),
    ("seed: 4294967296", 7, "seed is 4294967296; expected less than 4294967296."),
    ("seed: 1.5", 7, "seed is 1.5; expected a whole number."),
    ("seed: true", 7, "seed is true; expected a whole number."),
    ("seed: '1'", 7, "seed is '1'; expected a whole number."),
    ("seed:", 6, "seed is empty; expected a whole number."),
    # data
    ("data: {datset: mnist}", 8, ("unknown key 'datset' in data; expected dataset, npz, folder, labels, validation, test, "
     "image_size, channels; did you mean 'dataset'?")),
    ("data: {dataset: fasion_mnist}", 17, f"data.dataset is 'fasion_mnist'; expected {DATASETS}; did you mean 'fashion_mnist'?"),
    ("data: {dataset: mnist, npz: x}", 7, "data: dataset and npz are named; expected one of dataset, npz, folder."),
    ("data: {dataset: mnist, channels: 3}", 7, "data: channels is for a folder of images; mnist has its own, so remove `channels`."),
    ("data: {dataset: mnist, labels: ko}", 7, "data: labels: ko is for fashion_mnist only, not mnist; remove `labels`."),
    ("data: {labels: kr}", 16, "data.labels is 'kr'; expected 'en' or 'ko'."),
    ("data: {validation: 0}", 20, "data.validation is 0; expected more than 0."),
    ("data: {validation: 1.0}", 20, "data.validation is 1.0; expected less than 1."),
    ("data: {test: .inf}", 14, "data.test is '.inf'; expected a number."),
    ("data: {test: .nan}", 14, "data.test is '.nan'; expected a number."),
    ("data: {npz: ''}", 13, "data.npz is ''; expected some text."),
    ("data: {folder: 5}", 16, "data.folder is 5; expected text."),
    ("data: {folder: x, image_size: 0}", 31, "data.image_size is 0; expected at least 1."),
    ("data: {folder: x, image_size: [8, a]}", 35, "data.image_size.1 is 'a'; expected a whole number."),
    ("data: {folder: x, image_size: [1, 2, 3]}", 31, "data.image_size is [1, 2, 3]; expected 2 values."),
    ("data: {folder: x, channels: 2}", 29, "data.channels is 2; expected 1 or 3."),
    ("data: {folder: ~nobody-by-that-name/x}", 7, "data: could not determine home directory. Write the path in full."),
    ("blocks: [~nobody-by-that-name/x.py]", 10, "blocks: Could not determine home directory."),
    # training
    ("training: {lr: 0.1}", 12, ("unknown key 'lr' in training; expected optimizer, learning_rate, momentum, nesterov, "
     "weight_decay, schedule, plateau_factor, plateau_patience, early_stopping, batch_size, label_smoothing.")),
    ("training: {optimizer: adamax}", 23, "training.optimizer is 'adamax'; expected 'adam', 'adamw' or 'sgd'; did you mean 'adam'?"),
    ("training: {optimizer: [adam, sdg]}", 30, "training.optimizer.1 is 'sdg'; expected 'adam', 'adamw' or 'sgd'; did you mean 'sgd'?"),
    ("training: {optimizer: []}", 23, "training.optimizer: an empty list leaves nothing to choose; expected at least one value."),
    ("training: {optimizer: {low: 1}}", 23, "training.optimizer is a mapping; expected a value or a list of values."),
    ("training: {nesterov: off}", 22, "training.nesterov is 'off'; expected true or false."),
    ("training: {nesterov: 1}", 22, "training.nesterov is 1; expected true or false."),
    ("training: {learning_rate: fast}", 27, "training.learning_rate is 'fast'; expected a number."),
    ("training: {learning_rate: 0}", 27, "training.learning_rate: 0 is out of range; expected from 1e-08 to 100."),
    ("training: {learning_rate: {low: 1, high: a}}", 42, "training.learning_rate.high is 'a'; expected a number."),
    ("training: {learning_rate: {low: 1}}", 27, "`high` missing in training.learning_rate."),
    ("training: {learning_rate: {}}", 27, "`low` and `high` missing in training.learning_rate."),
    ("training: {learning_rate: {low: 2, high: 1}}", 27, "training.learning_rate: low (2) is above high (1); expected low <= high."),
    ("training: {learning_rate: {low: 1, high: 2, step: 0}}", 51, "training.learning_rate.step is 0; expected more than 0."),
    ("training: {learning_rate: {low: 1, high: 2, log: yes}}", 50, "training.learning_rate.log is 'yes'; expected true or false."),
    ("training: {learning_rate: {low: 1, high: 2, stp: 1}}", 45, "unknown key 'stp' in training.learning_rate; expected low, high, step, log; did you mean 'step'?"),
    ("training: {momentum: {low: 0, high: 0.9, log: true}}", 22, "training.momentum: a logarithmic range needs low > 0, not 0."),
    ("training: {batch_size: [32, 0]}", 24, "training.batch_size: 0 is out of range; expected from 1 to 65536."),
    ("training: {batch_size: [32, 6.5]}", 29, "training.batch_size.1 is 6.5; expected a whole number."),
    ("training: {batch_size: [32, [64]]}", 29, "training.batch_size.1 is [64]; expected a whole number."),
    # objectives, limits, engine
    ("objectives: {maximise: accuracy}", 14, "unknown key 'maximise' in objectives; expected maximize, minimize, down_to; did you mean 'maximize'?"),
    ("objectives: {maximize: f1}", 24, "objectives.maximize is 'f1'; expected 'accuracy'."),
    ("objectives: {minimize: flops}", 24, "objectives.minimize is 'flops'; expected 'parameters', 'macs' or 'memory'."),
    ("limits: {paramters: 5}", 10, "unknown key 'paramters' in limits; expected parameters, macs, memory, int8_bytes; did you mean 'parameters'?"),
    ("limits: {parameters: 0}", 22, "limits.parameters is 0; expected at least 1."),
    ("limits: {parameters: 5k}", 22, "limits.parameters is '5k'; expected a whole number."),
    ("limits: 5000", 9, "limits is 5000; expected a mapping."),
    ("engine: optuna", 9, "engine is 'optuna'; expected a mapping."),
    (
        "engine: {sampler: tp}",
        19,
        ("engine.sampler is 'tp'; expected 'front', 'random', 'tpe', 'nsga2', 'nsga3', 'gp', 'qmc', 'cmaes' or 'grid' "
        "or module:Class; did you mean 'tpe'?"),
    ),
    # budget, final
    ("budget: {candidates: 0}", 22, "budget.candidates is 0; expected at least 1."),
    ("budget: {candidates: 100001}", 22, "budget.candidates is 100001; expected at most 100000."),
    ("budget: {rungs: 3}", 17, "budget.rungs is 3; expected a list."),
    ("budget: {rungs: []}", 17, "budget.rungs is []; expected 1 or more values."),
    ("budget: {rungs: [1, a]}", 21, "budget.rungs.1 is 'a'; expected a number."),
    ("budget: {rungs: [0, 1]}", 18, "budget.rungs.0 is 0; expected more than 0."),
    ("budget: {rungs: [0.5, 0.5]}", 17, "budget.rungs: rungs [0.5, 0.5] do not rise; expected more epochs at each, as in [1, 3, 9]."),
    ("budget: {time: soon}", 16, "budget.time: 'soon' is not a time; expected one as in 90s, 10m or 1h30m."),
    ("budget: {time: 0}", 16, "budget.time is 0; expected more than 0."),
    ("final: {share: 1.0}", 16, "final.share is 1.0; expected less than 1."),
    ("objectives: {down_to: 0}", 23, "objectives.down_to is 0; expected at least 1."),
    ("budget: {rungs: [3, 1]}", 17, "budget.rungs: rungs [3, 1] do not rise; expected more epochs at each, as in [1, 3, 9]."),
    ("budget: {keep: 1.5}", 16, "budget.keep is 1.5; expected at most 1."),
    ("budget: {rungs: [1, 50]}", 17, "final.epochs is 30, below the last of budget.rungs, 50; expected at least as many."),
    ("final: {epochs: 3}", 17, "final.epochs is 3, below the last of budget.rungs, 9; expected at least as many."),
    ("final: {seeds: 101}", 16, "final.seeds is 101; expected at most 100."),
]  # fmt: skip  # one line a complaint


@pytest.mark.parametrize(("line", "column", "message"), SECTIONS, ids=[line for line, _, _ in SECTIONS])
def test_what_is_wrong_in_a_section(tmp_path, line, column, message):
    assert (
        complaint(tmp_path, f"{STUDY}{line}\n") == f"study.yaml:5:{column}: {message}\n    {line}\n    {'^':>{column}}"
    )


BLOCKS = [
    ("conv", 12, "space.stages.block is 'conv'; expected a mapping."),
    ("[conv]", 13, "space.stages.block.0 is 'conv'; expected a mapping."),
    ("[]", 12, "space.stages.block: an empty list leaves nothing to build a stage of; expected at least one block."),
    ("{filters: 8}", 12, "`kind` missing in space.stages.block; expected for instance `kind: conv`."),
    ("{kind: conv}", 12, "`filters` missing in space.stages.block."),
    ("{kind: residul, filters: 8}", 19, f"space.stages.block.kind is 'residul'; expected {KINDS}; did you mean 'residual'?"),
    ("{kind: , filters: 8}", 18, f"space.stages.block.kind is empty; expected {KINDS}."),
    ("{kind: [conv], filters: 8}", 19, f"space.stages.block.kind is ['conv']; expected {KINDS}; did you mean 'conv'?"),
    ("[{kind: conv, filters: 8}, {kind: conv, filters: 9}]", 12, "space.stages.block: two blocks of kind 'conv'; expected one of each kind, with all its values as choices."),
    ("{kind: conv, filters: 8, kernel_sze: 3}", 37, f"unknown key 'kernel_sze' in space.stages.block; expected {CONV}; did you mean 'kernel_size'?"),
    ("[{kind: conv, filters: 8, kernel_sze: 3}]", 38, f"unknown key 'kernel_sze' in space.stages.block.0; expected {CONV}; did you mean 'kernel_size'?"),
    ("{kind: conv, filters: 8, conv: 3, padding: smae}", 37, f"unknown key 'conv' in space.stages.block; expected {CONV}."),
    ("{kind: residual, filters: 8, padding: same}", 41, "unknown key 'padding' in space.stages.block; expected kind, filters, kernel_size, strides, activation, normalization, preactivation, pooling, pool_size, early_pooling, spatial_dropout, repeat."),
    ("{kind: conv, filters: many}", 34, "space.stages.block.filters is 'many'; expected a whole number."),
    ("{kind: conv, filters: true}", 34, "space.stages.block.filters is true; expected a whole number."),
    ("{kind: conv, filters: [8, x]}", 38, "space.stages.block.filters.1 is 'x'; expected a whole number."),
    ("{kind: conv, filters: [{a: 1}]}", 35, "space.stages.block.filters.0 is {a: 1}; expected a whole number."),
    ("{kind: conv, filters: [0, 8]}", 34, "space.stages.block.filters: 0 is out of range; expected from 1 to 65536."),
    ("{kind: conv, filters: {low: 1.5, high: 8}}", 40, "space.stages.block.filters.low is 1.5; expected a whole number."),
    ("{kind: conv, filters: {low: 1, high: 8, log: true, step: 2}}", 34, "space.stages.block.filters: a range has `log` or `step`, not both."),
    ("{kind: conv, filters: {from: 8}}", 34, f"space.stages.block.filters is {{from: 8}}: {RANGE_OR_PROGRESSION}."),
    ("{kind: conv, filters: {low: 8, growth: 2}}", 34, f"space.stages.block.filters is {{low: 8, growth: 2}}: {RANGE_OR_PROGRESSION}."),
    ("{kind: conv, filters: {low: 8, high: 9, stp: 3}}", 52, "unknown key 'stp' in space.stages.block.filters; expected low, high, step, log; did you mean 'step'?"),
    ("{kind: conv, filters: {start: 8}}", 34, "`growth` missing in space.stages.block.filters."),
    ("{kind: conv, filters: {start: 8, growth: 2, stop: 3}}", 56, "unknown key 'stop' in space.stages.block.filters; expected start, growth."),
    ("{kind: conv, filters: {start: 0, growth: 2}}", 42, "space.stages.block.filters.start: 0 is out of range; expected from 1 to 65536."),
    ("{kind: conv, filters: {start: 8, growth: [1.5, fast]}}", 59, "space.stages.block.filters.growth.1 is 'fast'; expected a number."),
    ("{kind: conv, filters: {start: 8, growth: {low: 1}}}", 53, "`high` missing in space.stages.block.filters.growth."),
    ("{kind: separable, filters: 8, strides: [[1, 2]]}", 52, "space.stages.block.strides.0 is [1, 2]; expected a whole number."),
    ("{kind: inverted_residual, filters: 8, squeeze: 4}", 59, "space.stages.block.squeeze: 4 is out of range; expected from 0 to 1."),
    ("{kind: multi_kernel, filters: 8, kernel_sizes: [1, 3, 5]}", 59, f"space.stages.block.kernel_sizes: {LISTS}."),
    ("{kind: multi_kernel, filters: 8, kernel_sizes: [[1, a]]}", 64, "space.stages.block.kernel_sizes.0.1 is 'a'; expected a whole number."),
    ("{kind: conv, filters: 8, kernel_size: [[3, a]]}", 55, "space.stages.block.kernel_size.0.1 is 'a'; expected a whole number."),
    ("{kind: conv, filters: 8, kernel_size: [[3, 5, 7]]}", 51, "space.stages.block.kernel_size.0 is [3, 5, 7]; expected 2 values."),
    ("{kind: conv, filters: 8, padding: [same, vald]}", 53, "space.stages.block.padding.1 is 'vald'; expected 'same' or 'valid'; did you mean 'valid'?"),
    ("{kind: conv, filters: 8, activation: rel}", 49, f"space.stages.block.activation is 'rel'; expected {ACTIVATIONS}; did you mean 'relu'?"),
    ("{kind: conv, filters: 8, spatial_dropout: 1.0}", 54, "space.stages.block.spatial_dropout: 1 is out of range; expected from 0 to under 1."),
]  # fmt: skip  # one line a complaint


@pytest.mark.parametrize(("block", "column", "message"), BLOCKS, ids=[block for block, _, _ in BLOCKS])
def test_what_is_wrong_in_a_block(tmp_path, block, column, message):
    text = STUDY.replace("{kind: conv, filters: 8}", block)

    first, *_ = complaint(tmp_path, text).split("\nstudy.yaml:")

    assert first == f"study.yaml:4:{column}: {message}\n        block: {block}\n    {'^':>{column}}"


@pytest.mark.parametrize("name", ["", "a b", "../x", ".x", "x" * 65, "="])
def test_names_that_no_folder_should_have(tmp_path, name):
    assert complaint(tmp_path, STUDY.replace("name: x", f"name: '{name}'")) == (
        f"study.yaml:1:7: name is '{name[:59]}{'...' * (len(name) > 59)}{chr(39) * (len(name) <= 59)}; expected {NAME}.\n"
        f"    name: '{name}'\n          ^"
    )


def test_a_section_that_is_not_there(tmp_path):
    assert complaint(tmp_path, "seed: 1\nspace: {}\n") == (
        "study.yaml:1:1: `name` missing.\n    seed: 1\n    ^\n"
        "study.yaml:2:8: `stages` missing in space.\n    space: {}\n           ^"
    )


def test_a_key_named_as_a_union_member_does_not_lead_astray(tmp_path):
    text = STUDY.replace("{kind: conv, filters: 8}", "{kind: conv, conv: 3, filters: many}")

    assert complaint(tmp_path, text) == (
        f"study.yaml:4:25: unknown key 'conv' in space.stages.block; expected {CONV}.\n"
        "        block: {kind: conv, conv: 3, filters: many}\n"
        "                            ^\n"
        "study.yaml:4:43: space.stages.block.filters is 'many'; expected a whole number.\n"
        "        block: {kind: conv, conv: 3, filters: many}\n"
        "                                              ^"
    )


def test_the_first_ten_complaints_in_the_order_of_the_file(tmp_path):
    told = complaint(tmp_path, STUDY + "".join(f"k{number}: 1\n" for number in range(100)))

    places = [line.partition(": ")[0] for line in told.splitlines() if line.startswith("study.yaml")]
    assert places == [f"study.yaml:{line}:1" for line in range(5, 15)]
    assert told.splitlines()[-1] == "... and 90 more."


def test_an_option_is_named_where_it_is_wrong(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(STUDY)
    for assignment, message in [
        ("limits.paramters=5", ("unknown key 'paramters' in limits; expected parameters, macs, memory, int8_bytes; "
         "did you mean 'parameters'?")),
        ("x.y=1", f"unknown key 'x'; expected {TOP}."),
        ("0=1", f"unknown key '0'; expected {TOP}."),
        ("training.optimizer=sdg", "training.optimizer is 'sdg'; expected 'adam', 'adamw' or 'sgd'; did you mean 'sgd'?"),
        ("budget.rungs.0=2", "budget.rungs is {0: 2}; expected a list."),
        ("space.stages.block.filters={low: 1}", "`high` missing in space.stages.block.filters."),
    ]:  # fmt: skip  # as above
        with pytest.raises(InputError) as caught:
            load_study(path, (assignment,))
        assert str(caught.value) == f"--set {assignment}: {message}"


SCALARS = st.sampled_from(
    ["", "no", "-1", "0", "1.5", "1e400", "'a'", "conv", "same", "true", "{}", "[]", ".nan", "*a", "!!x y"]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(["kind", "filters", "low", "high", "value", "0", "null"]), inner, max_size=3
        ).map(lambda items: f"{{{', '.join(f'{key}: {value}' for key, value in items.items())}}}")
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["name", "seed", "data", "data.npz", "space", "space.stem", "space.stages.block", "space.stages.block.filters",
     "space.head", "space.head.units", "training.learning_rate", "limits", "budget.rungs", "budget.rungs.0", "final", "x"]
)  # fmt: skip  # a list of words


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(assignments=st.lists(st.tuples(KEYS, VALUES).map("=".join), min_size=1, max_size=3))
def test_whatever_is_assigned_is_a_study_or_an_input_error(tmp_path, assignments):
    path = tmp_path / "study.yaml"
    path.write_text(STUDY)
    with contextlib.suppress(InputError):
        load_study(path, tuple(assignments))
