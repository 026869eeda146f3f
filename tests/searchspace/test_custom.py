"""Layers and blocks of a user's own: asked once, stored with the network, and found by name and digest."""

import inspect
import random
import re
from typing import Literal

import pytest

from searchspace import (
    Candidate,
    ConvBlock,
    Cost,
    CustomBlock,
    CustomLayer,
    InfeasibleError,
    Input,
    SearchSpace,
    SearchSpaceError,
    analyse,
    from_values,
)
from searchspace.custom import register
from searchspace.errors import OwnCodeError
from searchspace.extended import extended
from searchspace.layers import Activate, Concatenate, Conv2D, Custom, Residual

asked = []


class Half(CustomLayer):
    """Half of the image in both directions; costs what it is told."""

    filters: int
    kernel: int = 10

    def output_shape(self, shape):
        asked.append(shape)
        if min(shape[:2]) < 2:
            raise InfeasibleError("an image of one pixel has no half", fix="Halve less.")
        return (shape[0] // 2, shape[1] // 2, self.filters)

    def cost(self, before, after):
        return Cost(kernel=self.kernel, bias=before[-1], macs=after[0] * after[1])


class Broken(CustomLayer):
    def cost(self, before, _after):
        return before[7]


class HalfBlock(CustomBlock):
    """Halves the image."""

    kind: Literal["half"] = "half"

    @staticmethod
    def unit(picked, _channels, _strides):
        return (Half(filters=picked["filters"]), Activate(function="relu"))


class NestedBlock(CustomBlock):
    kind: Literal["nested"] = "nested"

    @staticmethod
    def unit(picked, _channels, _strides):
        half = Half(filters=picked["filters"]).concrete()
        shortcut = Conv2D(filters=picked["filters"], kernel_size=1, strides=2)
        return (Residual(body=(half,), shortcut=(shortcut,)), Concatenate(branches=((half,), (half,))))


class BrokenBlock(CustomBlock):
    kind: Literal["broken"] = "broken"

    @staticmethod
    def unit(_picked, _channels, _strides):
        return (Broken(),)


@pytest.fixture(autouse=True)
def known():
    for layer in (Half, Broken, Answers):
        register(layer, "d1gest")


def space_of(block, stages=1, size=8):
    schema = extended((HalfBlock, NestedBlock, BrokenBlock, AnswersBlock))
    declared = schema.model_validate({"stages": {"count": stages, "block": block}})
    parts = {name: getattr(declared, name) for name in type(declared).model_fields}
    return SearchSpace(**parts, input=Input(height=size, width=size, channels=2, classes=3))


def test_a_network_knows_what_its_layers_said():
    candidate = from_values(space_of({"kind": "half", "filters": 4}), {})
    layer = candidate.architecture.stages[0][0]
    assert layer == Custom(
        layer="Half",
        code="d1gest",
        fields=(("filters", 4), ("kernel", 10)),
        after=(4, 4, 4),
        cost=(10, 2, 0, 16, 0),
    )
    analysis = analyse(candidate.architecture)
    assert (analysis.rows[0].after, analysis.rows[0].cost.parameters, analysis.macs) == ((4, 4, 4), 12, 16 + 4 * 3)


def test_reading_and_analysing_it_again_asks_nobody(monkeypatch):
    candidate = from_values(space_of({"kind": "half", "filters": 4}, stages=2), {})
    text = candidate.model_dump_json()
    monkeypatch.setattr("searchspace.custom._KNOWN", {})
    asked.clear()
    again = Candidate.model_validate_json(text)
    assert again == candidate
    assert again.digest == candidate.digest
    assert analyse(again.architecture) == analyse(candidate.architecture)
    assert asked == []


def test_layers_inside_others_are_asked_too():
    candidate = from_values(space_of({"kind": "nested", "filters": 4}), {})
    rows = analyse(candidate.architecture).rows
    assert [row.after for row in rows if isinstance(row.layer, Custom)] == [(4, 4, 4), (2, 2, 4), (2, 2, 4)]


def test_its_feature_maps_are_what_the_next_stage_gets():
    candidate = from_values(space_of({"kind": "half", "filters": 4}, stages=2), {})
    assert analyse(candidate.architecture).rows[2].cost.bias == 4


def test_what_cannot_be_built_is_infeasible_and_says_why():
    candidate = from_values(space_of({"kind": "half", "filters": 4}, stages=4), {})
    with pytest.raises(InfeasibleError, match="stage 4: an image of one pixel has no half"):
        analyse(candidate.architecture)


def test_own_blocks_stand_beside_the_others():
    space = space_of([{"kind": "half", "filters": [4, 8]}, {"kind": "conv", "filters": [4, 8]}])
    kinds = {
        type(layer).__name__ for seed in range(20) for layer in space.sample(random.Random(seed)).architecture.layers
    }
    assert {"Custom", "Conv2D"} <= kinds
    assert isinstance(space.stages.block[1], ConvBlock)


def test_an_own_block_has_a_schema_of_its_own():
    found = extended((HalfBlock,)).model_json_schema()["$defs"]["HalfBlock"]
    assert found["description"] == "Halves the image."
    assert found["properties"]["filters"]["description"] == "Number of feature maps that come out."


def test_another_file_is_another_candidate():
    first = from_values(space_of({"kind": "half", "filters": 4}), {})
    register(Half, "0ther")
    assert from_values(space_of({"kind": "half", "filters": 4}), {}).digest != first.digest


def test_what_fails_in_a_layer_is_told_with_its_name_and_file():
    line = inspect.getsourcelines(Broken.cost)[1] + 1
    with pytest.raises(OwnCodeError, match=rf"^{re.escape(__file__)}:{line}: Broken\.cost failed: IndexError: "):
        from_values(space_of({"kind": "broken", "filters": 4}), {})


def test_that_it_cannot_be_built_is_for_the_shape_to_say(monkeypatch):
    def cost(self, before, after):
        del self, before, after
        raise InfeasibleError("too dear", fix="Pay less.")

    monkeypatch.setattr(Broken, "cost", cost)
    with pytest.raises(OwnCodeError, match=r"Broken\.cost failed: InfeasibleError: too dear"):
        from_values(space_of({"kind": "broken", "filters": 4}), {})


class Answers(CustomLayer):
    """Gives what it is told to."""

    what: str
    answer: str

    def output_shape(self, shape):
        return eval(self.answer) if self.what == "output_shape" else shape

    def output_channels(self, channels):
        return eval(self.answer) if self.what == "output_channels" else channels

    def cost(self, _before, _after):
        return eval(self.answer) if self.what == "cost" else Cost()


class AnswersBlock(CustomBlock):
    kind: Literal["answers"] = "answers"
    what: str
    answer: str

    @staticmethod
    def unit(picked, _channels, _strides):
        if picked["what"] == "unit":
            return eval(picked["answer"])
        return (Answers(what=picked["what"], answer=picked["answer"]),)


@pytest.mark.parametrize(
    ("what", "answer", "message"),
    [
        ("output_shape", "'a'", "gave 'a'. Expected (height, width, channels) or (units,), whole numbers from 1 on."),
        ("output_shape", "(8, 0, 4)", "gave (8, 0, 4). Expected (height,"),
        ("output_shape", "(8, 8)", "gave (8, 8). Expected (height,"),
        ("output_channels", "0", "gave 0. Expected a whole number from 1 on."),
        ("cost", "None", "gave None. Expected a Cost of whole numbers."),
        (
            "cost",
            "Cost(0.5)",
            "gave Cost(kernel=0.5, bias=0, non_trainable=0, macs=0, flops=0). Expected a Cost of who",
        ),
        ("unit", "5", "failed: TypeError: "),
        ("unit", "('conv',)", "gave 'conv'. Expected layers of searchspace.layers and CustomLayers."),
        ("unit", "(Half(filter=3),)", "failed: ValidationError: filters: Field required; filter: Extra inputs are"),
        ("unit", "picked['widths']", "failed: KeyError: 'widths'. Fix it there."),
    ],
)
def test_an_answer_that_is_none_is_told_with_its_method_and_what_was_expected(what, answer, message):
    owner = "AnswersBlock" if what == "unit" else "Answers"
    with pytest.raises(OwnCodeError) as caught:
        from_values(space_of({"kind": "answers", "filters": 4, "what": what, "answer": answer}), {})
    assert f"{owner}.{what} {message}" in str(caught.value)
    assert str(caught.value).startswith(__file__)


def test_a_layer_of_a_file_that_was_not_loaded_says_so():
    layer = Custom(layer="Nobody", code="x")
    with pytest.raises(SearchSpaceError, match="Nobody is not known: its file was not loaded"):
        analyse(
            from_values(space_of({"kind": "half", "filters": 4}), {}).architecture.model_copy(
                update={"stages": ((layer,),)}
            )
        )
