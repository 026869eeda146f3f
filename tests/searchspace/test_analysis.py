"""Whole networks in numbers, worked out by hand."""

import pytest

from searchspace import (
    Architecture,
    ConvBlock,
    DomainError,
    Head,
    InfeasibleError,
    Input,
    Limits,
    ResidualBlock,
    SearchSpace,
    SearchSpaceError,
    Stages,
    Violation,
    analyse,
    from_values,
    violations,
)
from searchspace.layers import (
    Activate,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePooling2D,
    LayerNormalization,
    Pool2D,
    Residual,
    SpatialDropout2D,
    SqueezeExcitation,
)

RELU = Activate(function="relu")
BATCH = BatchNormalization()
GAP_HEAD = (GlobalAveragePooling2D(), Dense(units=10))
FLOAT32 = 4


def conv(filters, kernel_size=3, **fields):
    return Conv2D(filters=filters, kernel_size=kernel_size, **{"use_bias": False, **fields})


def joined(*branches):
    return Concatenate(branches=branches)


def network(*stages, head=GAP_HEAD, size=(28, 28, 1), stem=()):
    height, width, channels = size
    return Architecture(input=Input(height=height, width=width, channels=channels), stem=stem, stages=stages, head=head)


def memory(*layers, size):
    """Peak activations of one stage, in numbers rather than bytes, before a head that needs no more."""
    return analyse(network(layers, head=(Flatten(),), size=size)).memory / FLOAT32


class TestTotals:
    def test_a_small_grayscale_net(self):
        found = analyse(
            network((conv(8), BATCH, RELU, Pool2D(kind="max_pooling2d")), (conv(16, strides=2), BATCH, RELU))
        )
        assert found.trainable_parameters == (9 * 8 + 2 * 8) + (9 * 8 * 16 + 2 * 16) + (16 * 10 + 10)
        assert found.non_trainable_parameters == 2 * 8 + 2 * 16
        assert found.parameters == 72 + 32 + 1152 + 64 + 170
        assert found.macs == 72 * 28 * 28 + 1152 * 7 * 7 + 160
        assert found.flops == sum(
            [
                2 * 72 * 784,  # convolution
                2 * 8 * 784,  # normalisation
                8 * 784,  # activation
                4 * 8 * 196,  # pooling: four numbers a window
                2 * 1152 * 49,
                2 * 16 * 49,
                16 * 49,
                16 * 49,  # mean of each feature map
                2 * 160 + 10,  # dense layer with its bias
            ]
        )

    def test_a_colour_net_of_odd_size_with_biases_and_flattening(self):
        stage = (conv(4, (3, 5), padding="valid", use_bias=True), RELU)  # 33x31 -> 31x27
        head = (Flatten(), Dense(units=6), RELU, Dense(units=10))
        found = analyse(network(stage, head=head, size=(33, 31, 3)))
        flat = 31 * 27 * 4
        assert found.parameters == found.trainable_parameters == (15 * 3 * 4 + 4) + (flat * 6 + 6) + (6 * 10 + 10)
        assert found.non_trainable_parameters == 0
        assert found.macs == 180 * 31 * 27 + flat * 6 + 60

    def test_an_identity_residual_has_the_parameters_of_its_body(self):
        residual = Residual(body=(conv(8), BATCH, RELU, conv(8), BATCH))
        found = analyse(network((residual, RELU), size=(5, 5, 8)))
        assert found.parameters == 2 * (9 * 8 * 8) + 2 * 4 * 8 + 90
        assert found.macs == 2 * 576 * 25 + 80

    def test_a_projected_residual_adds_those_of_its_shortcut(self):
        residual = Residual(
            body=(conv(8, strides=2), BATCH, RELU, conv(8), BATCH), shortcut=(conv(8, 1, strides=2), BATCH)
        )
        found = analyse(network((residual, RELU), size=(7, 5, 3)))  # 4x3
        assert found.parameters == (9 * 3 * 8 + 9 * 8 * 8 + 3 * 8) + 3 * 4 * 8 + 90
        assert found.macs == (216 + 576 + 24) * 12 + 80

    def test_an_inverted_residual(self):
        depthwise = DepthwiseConv2D(kernel_size=3, use_bias=False)
        body = (conv(32, 1), BATCH, RELU, depthwise, BATCH, RELU, SqueezeExcitation(units=4), conv(8, 1), BATCH)
        found = analyse(network((Residual(body=body),), size=(5, 5, 8)))
        squeeze = 32 * 4 + 4 + 4 * 32 + 32
        assert found.parameters == (8 * 32 + 4 * 32) + (9 * 32 + 4 * 32) + squeeze + (32 * 8 + 4 * 8) + 90
        assert found.non_trainable_parameters == 2 * (32 + 32 + 8)
        assert found.macs == (8 * 32 + 9 * 32 + 32 * 8) * 25 + 2 * 32 * 4 + 80

    def test_kernels_side_by_side_have_the_parameters_of_each(self):
        found = analyse(network((joined((conv(4, 1),), (conv(3, 3),), (conv(3, 5),)), BATCH), size=(5, 5, 3)))
        assert found.parameters == (3 * 4 + 27 * 3 + 75 * 3) + 4 * 10 + 110
        assert found.macs == (12 + 81 + 225) * 25 + 100

    def test_layer_normalisation_trains_all_it_holds(self):
        found = analyse(network((conv(8), LayerNormalization(), RELU)))
        assert found.trainable_parameters == 72 + 16 + 90
        assert found.non_trainable_parameters == 0

    def test_a_network_without_layers_costs_nothing_but_its_image(self):
        found = analyse(network(head=(), size=(5, 5, 3)))
        assert (found.parameters, found.macs, found.flops, found.rows) == (0, 0, 0, ())
        assert found.memory == FLOAT32 * 75

    def test_templates_and_hand_written_layers_agree(self):
        space = SearchSpace(
            stages=Stages(count=2, block=ResidualBlock(filters=8, strides=2)),
            input=Input(channels=3),
            head=Head(units=4),
        )
        first, second = (
            (
                Residual(
                    body=(conv(8, strides=2), BATCH, RELU, conv(8), BATCH), shortcut=(conv(8, 1, strides=2), BATCH)
                ),
                RELU,
            )
            for _ in range(2)
        )
        head = (GlobalAveragePooling2D(), Dense(units=4), RELU, Dense(units=10))
        assert from_values(space, {}).architecture == network(first, second, head=head, size=(28, 28, 3))


class TestBytes:
    def test_float32_has_four_a_number_running_statistics_too(self):
        found = analyse(network((conv(8), BATCH, RELU)))
        assert found.float32_bytes == 4 * (72 + 16 + 16 + 90)

    def test_int8_has_one_a_kernel_value_and_an_int32_bias_a_channel(self):
        found = analyse(network((conv(8), BATCH, RELU)))
        assert found.int8_bytes == (72 + 4 * 8) + (80 + 4 * 10)

    @pytest.mark.parametrize("use_bias", [True, False])
    def test_normalisation_is_folded_into_the_bias(self, use_bias):
        found = analyse(network((conv(8, use_bias=use_bias), *([] if use_bias else [BATCH]), RELU)))
        assert found.int8_bytes == (72 + 32) + (80 + 40)

    def test_squeeze_and_excitation_has_biases_of_both_its_layers(self):
        found = analyse(network((SqueezeExcitation(units=2),), size=(5, 5, 8)))
        assert found.int8_bytes == (2 * 16 + 4 * (2 + 8)) + (80 + 40)

    def test_every_branch_counts_but_not_what_joins_them(self):
        found = analyse(network((joined((conv(4, 1),), (conv(4),)),), size=(5, 5, 3)))
        assert found.int8_bytes == (12 + 16) + (108 + 16) + (80 + 40)

    def test_both_sides_of_a_residual_count(self):
        residual = Residual(body=(conv(8),), shortcut=(conv(8, 1),))
        assert analyse(network((residual,), size=(5, 5, 3))).int8_bytes == (216 + 32) + (24 + 32) + (80 + 40)


class TestMemory:
    """Most numbers alive at once: what a layer reads, what it writes, and what is kept for later."""

    def test_a_convolution_reads_one_image_and_writes_another(self):
        assert memory(conv(8), size=(10, 10, 3)) == 300 + 800

    def test_the_hungriest_layer_decides(self):
        layers = (conv(2), conv(8), Pool2D(kind="max_pooling2d"), conv(4))
        # 100 -> 200 -> 800 -> 200 -> 100
        assert memory(*layers, size=(10, 10, 1)) == 200 + 800

    def test_stages_do_not_add_up(self):
        assert analyse(network((conv(8),), (conv(8),), size=(10, 10, 1))).memory == FLOAT32 * (800 + 800)

    def test_the_head_may_decide(self):
        head = (Flatten(), Dense(units=2000))
        assert analyse(network((), head=head, size=(10, 10, 1))).memory == FLOAT32 * (100 + 2000)

    @pytest.mark.parametrize("layer", [BATCH, LayerNormalization(), RELU, SpatialDropout2D(rate=0.1)], ids=repr)
    def test_normalisation_activation_and_dropout_work_in_place(self, layer):
        assert memory(conv(8), layer, size=(10, 10, 1)) == memory(conv(8), size=(10, 10, 1)) == 900
        assert memory(layer, size=(10, 10, 3)) == 300

    def test_an_identity_residual_keeps_its_image_while_the_body_runs(self):
        # 800 kept, and 800 -> 800 by the second convolution.
        assert memory(Residual(body=(conv(8), RELU, conv(8))), size=(10, 10, 8)) == 800 + 800 + 800

    def test_one_convolution_beside_the_image_reads_the_image_itself(self):
        # Nothing but the image and the result; they are added in place.
        assert memory(Residual(body=(conv(8), RELU)), size=(10, 10, 8)) == 800 + 800

    def test_activation_before_the_body_must_not_spoil_the_image(self):
        # A copy of the image is activated: 800 kept, and 800 -> 800 by the convolution.
        assert memory(Residual(body=(RELU,)), size=(10, 10, 8)) == 800 + 800
        assert memory(Residual(body=(RELU, conv(8))), size=(10, 10, 8)) == 800 + 800 + 800

    def test_a_projection_is_made_beside_the_finished_body(self):
        residual = Residual(body=(conv(8),), shortcut=(conv(8, 1),))
        # Body: 300 + 800. Projection: 300 -> 800 with the body's 800 kept.
        assert memory(residual, size=(10, 10, 3)) == 800 + 300 + 800

    def test_a_bottleneck_that_widens_inside(self):
        residual = Residual(body=(conv(32, 1), RELU, conv(8)))
        # 800 kept, and 3200 -> 800.
        assert memory(residual, size=(10, 10, 8)) == 800 + 3200 + 800

    def test_squeeze_and_excitation_weights_the_image_in_place(self):
        # The image, its 8 means, and 2 numbers made of them.
        assert memory(SqueezeExcitation(units=2), size=(10, 10, 8)) == 800 + 8 + 2

    def test_branches_are_kept_and_then_copied_side_by_side(self):
        # The image 300; 400 and 400 beside it; both copied into 800.
        assert memory(joined((conv(4, 1),), (conv(4),)), size=(10, 10, 3)) == 800 + 800

    def test_the_image_is_kept_until_the_last_branch_has_read_it(self):
        first, last = (conv(1), RELU, conv(1)), (conv(9), conv(1))
        # First branch: 800 kept, 100 -> 100. Last: its 100 kept, 800 -> 900, and 900 -> 100 without the image.
        assert memory(joined(first, last), size=(10, 10, 8)) == 100 + 800 + 900
        # The other way round the image is kept beside 900 -> 100.
        assert memory(joined(last, first), size=(10, 10, 8)) == 800 + 900 + 100
        # Had the last branch kept the image too, this would be 800 + 100 + 900 + 100.
        assert memory(joined((conv(1),), (conv(9), conv(9))), size=(10, 10, 8)) == max(100 + 900 + 900, 2 * 1000)

    def test_a_strided_residual(self):
        residual = Residual(body=(conv(16, strides=2), RELU, conv(16)), shortcut=(conv(16, 1, strides=2),))
        # The image 800; the body 400 -> 400 beside it, then the projection 800 -> 400 beside the body's 400.
        assert memory(residual, size=(10, 10, 8)) == 800 + 400 + 400


class TestRows:
    def test_rows_tell_part_branch_and_shapes_in_the_order_of_work(self):
        residual = Residual(body=(conv(8, strides=2),), shortcut=(conv(8, 1, strides=2),))
        found = analyse(network((residual, RELU), stem=(conv(4),), size=(7, 5, 3)))
        assert [(row.section, row.branch, row.layer.kind, row.before, row.after) for row in found.rows] == [
            ("stem", "", "conv2d", (7, 5, 3), (7, 5, 4)),
            ("stage 1", "body", "conv2d", (7, 5, 4), (4, 3, 8)),
            ("stage 1", "shortcut", "conv2d", (7, 5, 4), (4, 3, 8)),
            ("stage 1", "", "residual", (7, 5, 4), (4, 3, 8)),
            ("stage 1", "", "activation", (4, 3, 8), (4, 3, 8)),
            ("head", "", "global_average_pooling2d", (4, 3, 8), (8,)),
            ("head", "", "dense", (8,), (10,)),
        ]

    def test_branches_are_numbered_and_those_inside_others_named_by_the_way_to_them(self):
        inner = joined((conv(2, 1),), (conv(2),))
        found = analyse(network((Residual(body=(inner, conv(3))),), head=(), size=(7, 5, 3)))
        assert [(row.branch, row.layer.kind, row.before, row.after) for row in found.rows] == [
            ("body/branch 1", "conv2d", (7, 5, 3), (7, 5, 2)),
            ("body/branch 2", "conv2d", (7, 5, 3), (7, 5, 2)),
            ("body", "concatenate", (7, 5, 3), (7, 5, 4)),
            ("body", "conv2d", (7, 5, 4), (7, 5, 3)),
            ("", "residual", (7, 5, 3), (7, 5, 3)),
        ]

    def test_totals_are_the_sums_of_the_rows(self):
        found = analyse(network((conv(8), BATCH, RELU), (Residual(body=(conv(8),)),)))
        assert found.parameters == sum(row.cost.parameters for row in found.rows)
        assert found.trainable_parameters == sum(row.cost.trainable for row in found.rows)
        assert found.macs == sum(row.cost.macs for row in found.rows)
        assert found.flops == sum(row.cost.flops for row in found.rows)


class TestInfeasible:
    @pytest.mark.parametrize(
        ("architecture", "reason"),
        [
            (
                network((conv(8, strides=2),), (conv(8, 5, padding="valid"),), size=(5, 5, 1)),
                "stage 2: kernel 5 with valid padding on 3x3",
            ),
            (
                network((conv(8),), stem=(conv(8, (3, 7), padding="valid"),), size=(9, 6, 3)),
                "stem: kernel 3x7 with valid padding on 9x6",
            ),
            (network((Flatten(), conv(8)), size=(5, 5, 1)), "stage 1: conv2d on a flat vector of 25"),
            (
                network((Flatten(),), head=GAP_HEAD, size=(5, 5, 1)),
                "head: global_average_pooling2d on a flat vector of 25",
            ),
            (
                network((Residual(body=(conv(8),)),), size=(5, 5, 1)),
                "stage 1: body (5, 5, 8) and shortcut (5, 5, 1) differ in shape",
            ),
            (
                network((joined((conv(8),), (conv(8, strides=2),)),), size=(5, 5, 1)),
                "stage 1: branches (5, 5, 8), (3, 3, 8) differ in height or width",
            ),
            (
                network((DepthwiseConv2D(kernel_size=7, padding="valid"),), size=(5, 5, 1)),
                "stage 1: kernel 7 with valid padding on 5x5",
            ),
            (
                network((Residual(body=(conv(1, 7, padding="valid"),)),), size=(5, 5, 1)),
                "stage 1: kernel 7 with valid padding on 5x5",
            ),
        ],
    )
    def test_the_reason_names_the_part(self, architecture, reason):
        with pytest.raises(InfeasibleError) as caught:
            analyse(architecture)
        assert caught.value.what == reason
        assert str(caught.value).startswith(reason)

    def test_the_error_stands_alone_and_carries_the_layer(self):
        layer = conv(8, 5, padding="valid")
        with pytest.raises(InfeasibleError) as caught:
            analyse(network((layer,), size=(3, 3, 1)))
        assert caught.value.culprit == layer
        assert caught.value.__suppress_context__

    def test_a_space_may_hold_what_cannot_be_built(self):
        block = ConvBlock(filters=8, kernel_size=[3, 5], padding="valid", strides=2)
        space = SearchSpace(stages=Stages(count=3, block=block))
        values = {f"stages.{stage}.kernel_size": 5 for stage in range(3)}
        with pytest.raises(InfeasibleError, match=r"^stage 3: kernel 5 with valid padding on 4x4"):
            analyse(from_values(space, values).architecture)


class TestLimits:
    FOUND = analyse(network((conv(8), BATCH, RELU)))
    """194 parameters, 56,528 MACs, 28,224 bytes at once, 224 bytes in int8."""

    def test_nothing_is_broken_without_limits(self):
        assert violations(self.FOUND, Limits()) == ()

    def test_a_limit_may_be_reached(self):
        assert violations(self.FOUND, Limits(parameters=194, macs=56_528, memory=28_224, int8_bytes=224)) == ()

    def test_every_broken_limit_is_told(self):
        broken = violations(self.FOUND, Limits(parameters=193, macs=56_527, memory=28_223, int8_bytes=223))
        assert [str(violation) for violation in broken] == [
            "parameters 194, above the limit of 193",
            "macs 56,528, above the limit of 56,527",
            "memory 28,224, above the limit of 28,223",
            "int8_bytes 224, above the limit of 223",
        ]

    def test_limits_that_hold_are_not_told(self):
        broken = violations(self.FOUND, Limits(parameters=1000, macs=1000))
        assert broken == (Violation("macs", 56_528, 1000),)


class TestErrors:
    def test_an_error_prints_what_happened_what_would_be_right_and_the_object(self):
        error = SearchSpaceError("It broke.", fix="Mend it.", culprit=Input(classes=2))
        assert str(error) == "It broke. Mend it. (in Input(height=28, width=28, channels=1, classes=2))"
        assert str(SearchSpaceError("It broke.")) == "It broke."

    @pytest.mark.parametrize("error", [DomainError, InfeasibleError])
    def test_all_are_one_family_of_value_errors(self, error):
        assert issubclass(error, SearchSpaceError)
        assert issubclass(error, ValueError)
