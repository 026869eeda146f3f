"""A sampler of one's own: from a file beside the study or a module, with the study's seed, and its failures told."""

import optuna
import pytest
from bench import STUDY as BENCH_STUDY
from bench import Bench
from stubs import IMAGES, stub_study

from fmsearch.cli import main
from fmsearch.engine import Engine
from fmsearch.errors import FmsearchError, InputError
from fmsearch.proposers import Evaluated, Failed, Rejected, make
from fmsearch.proposers.optuna import OptunaProposer
from fmsearch.study import Objectives, load_study

SAMPLERS = """\
import optuna

class Mine(optuna.samplers.RandomSampler):
    def __init__(self, seed):
        super().__init__(seed=seed)

class Seedless(optuna.samplers.RandomSampler):
    def __init__(self):
        super().__init__(seed=7)

class Failing(Mine):
    def sample_independent(self, *arguments):
        raise ValueError("no idea")

class Needy(Mine):
    def __init__(self, seed, something):
        super().__init__(seed)

def not_a_sampler():
    return {}

class Wrong(Mine):
    def __init__(self):
        1 / 0
"""
STUDY = "name: own\nspace: {stages: {block: {kind: conv, filters: [4, 8, 16]}}}\nengine: {sampler: samplers:Mine}\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "samplers.py").write_text(SAMPLERS, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(STUDY, encoding="utf-8")
    return tmp_path


def proposals(folder, name, seed=0):
    proposer = make(
        Engine(sampler=f"{folder}/samplers.py:{name}"), stub_study().search_space(IMAGES), Objectives(), seed
    )
    return [proposer.ask().candidate.digest for _ in range(6)]


def test_it_is_found_beside_the_study_and_repeats(folder):
    assert load_study(folder / "own.yaml").engine.sampler == f"{folder}/samplers.py:Mine"
    assert proposals(folder, "Mine") == proposals(folder, "Mine")
    assert proposals(folder, "Mine") != proposals(folder, "Mine", seed=1)


def test_one_that_takes_no_seed_is_as_its_author_made_it(folder):
    assert proposals(folder, "Seedless", seed=0) == proposals(folder, "Seedless", seed=1)


def test_it_may_be_in_a_module(folder, monkeypatch):
    monkeypatch.syspath_prepend(folder)
    proposer = make(Engine(sampler="samplers:Mine"), stub_study().search_space(IMAGES), Objectives(), 0)
    assert proposer.ask().candidate.digest == proposals(folder, "Mine")[0]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Absent", "samplers.py has no class Absent. Expected module:Class"),
        ("Needy", "it cannot be made: TypeError: "),
        ("Wrong", "samplers.py:24: it cannot be made: ZeroDivisionError: division by zero. Expected module:Class"),
        ("not_a_sampler", "gives dict, not a sampler. Expected module:Class"),
    ],
)
def test_what_is_no_sampler_is_wrong_input(folder, name, message):
    with pytest.raises(InputError) as caught:
        proposals(folder, name)
    assert message in str(caught.value)


def test_a_module_that_is_not_there_is_wrong_input():
    with pytest.raises(InputError, match=r"^ModuleNotFoundError: No module named 'no_such_module'\. Expected"):
        make(Engine(sampler="no_such_module:X"), stub_study().search_space(IMAGES), Objectives(), 0)


def test_its_failures_are_told_with_its_name(folder):
    with pytest.raises(FmsearchError, match=r"The sampler Failing failed: ValueError: no idea\. Results are safe"):
        proposals(folder, "Failing")


def test_check_makes_it(folder, capsys):
    assert main(["check", str(folder / "own.yaml")]) == 0
    capsys.readouterr()
    (folder / "own.yaml").write_text(STUDY.replace("Mine", "Wrong"), encoding="utf-8")
    assert main(["check", str(folder / "own.yaml")]) == 2
    assert "samplers.py:24: it cannot be made: ZeroDivisionError" in capsys.readouterr().err


def test_a_run_says_whose_code_proposes(tmp_path):
    (tmp_path / "samplers.py").write_text(SAMPLERS, encoding="utf-8")
    bench = Bench(
        tmp_path, BENCH_STUDY.replace("candidates: 24", "candidates: 2") + "engine: {sampler: samplers:Mine}\n"
    )
    code, lines, err = bench.finish()
    assert (code, err) == (0, "")
    assert lines[0] == f"note: Proposals are made by code in {tmp_path / 'samplers.py'}."


class Overhearing(optuna.samplers.RandomSampler):
    """Keeps what it is told."""

    def before_trial(self, study, trial):
        del trial
        self.directions = [one.name for one in study.directions]
        self.told = [(one.state.name, one.values, one.constraints.get("limits")) for one in study.get_trials()]


def test_it_is_told_accuracy_the_logarithm_of_size_and_by_how_much_limits_were_broken():
    sampler = Overhearing(seed=0)
    proposer = OptunaProposer(stub_study().search_space(IMAGES), sampler)
    for verdict in (Evaluated(0.8, 100), Rejected(0.5), Failed()):
        proposer.tell(proposer.ask().number, verdict)
    proposer.ask()

    assert sampler.directions == ["MAXIMIZE", "MINIMIZE"]
    assert sampler.told[:3] == [("COMPLETE", [0.8, 2.0], 0.0), ("COMPLETE", [0.0, 1e6], 0.5), ("FAIL", None, None)]
