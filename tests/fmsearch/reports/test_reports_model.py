"""The page of one model, compared whole."""

from random import Random

import pytest
from handmade_run import done, evaluation, finished_run, network, write

from fmsearch.reports.model import model
from fmsearch.reports.output import plain
from fmsearch.reports.rows import rows
from fmsearch.store import Store
from searchspace import (
    Augment,
    Input,
    InvertedResidualBlock,
    MultiKernelBlock,
    Recipe,
    SearchSpace,
    SeparableBlock,
    Stages,
)


def page(folder, rank, width=80, encoding="utf-8"):
    with Store(folder.store, writable=False) as store:
        table = rows(store)
    return plain(model(table[rank - 1], len(table)), width, encoding)


def part(text, title):
    """What stands under a title."""
    after = text.partition(f"\n{title}")[2]
    return after.partition("\n")[2].partition("\n\n")[0]


def test_a_model_of_the_front(tmp_path):
    assert (
        page(finished_run(tmp_path), 3)
        == """\
5fe48f89  conv32k3-max2 conv32k3-max2 gap-dense10
rank 3 of 7, on the front, trained again in the final stage
accuracy 0.9250 on validation, 0.9150 ± 0.0071 on the test set

layers
section  layer                     output  parameters     MACs
───────────────────────────────────────────────────────────────
         image                     8x8x1
stage 1  conv2d 32, 3x3            8x8x32         320   18,432
         relu                      8x8x32
         max_pooling2d 2           4x4x32
stage 2  conv2d 32, 3x3            4x4x32       9,248  147,456
         relu                      4x4x32
         max_pooling2d 2           2x2x32
head     global_average_pooling2d  32
         dense 10                  10             330      320

                                                9,898  166,208

in all
parameters   9,898, all trainable
MACs         166,208 an image
FLOPs        340,234 an image
peak memory  10.2 kB of activations in float32
weights      39.6 kB in float32, 10.1 kB in int8

recipe
optimizer      adam
learning rate  0.01235
schedule       constant
batch size     32
augmentation   none

trainings
stage   epochs  seed  accuracy    loss    test        time
─────────────────────────────────────────────────────────────
search       2     7    0.8200  1.2500               1.0 s
final        6     1    0.9200  0.4167  0.9200  1 min 01 s
final        6     2    0.9300  0.4167  0.9100  1 min 01 s

learning curve: final, 6 epochs, seed 2

validation accuracy
1.0 ┤                                                                         ⢀⣀
    │                                                               ⢀⣀⣀⠤⠤⠔⠒⠒⠉⠉⠁
    │                                                     ⢀⣀⣀⠤⠤⠔⠒⠒⠉⠉⠁
    │                                           ⢀⣀⣀⠤⠤⠔⠒⠒⠉⠉⠁
0.5 ┤                                  ⣀⣀⡠⠤⠔⠒⠒⠉⠉⠁
    │                        ⣀⣀⡠⠤⠤⠒⠒⠊⠉⠉
    │              ⣀⣀⡠⠤⠤⠒⠒⠊⠉⠉
    │    ⣀⣀⡠⠤⠤⠒⠒⠊⠉⠉
    │⠒⠊⠉⠉
0.0 ┤
    └┬──────────────┬──────────────┬─────────────┬──────────────┬──────────────┬
     1              2              3             4              5              6

validation loss
3 ┤
  │⡀
  │⠈⠑⠢⢄⡀
2 ┤    ⠈⠑⠢⢄⡀
  │        ⠈⠑⠢⢄⡀
  │            ⠈⠑⠢⢄⣀⡀
1 ┤                 ⠈⠉⠉⠒⠒⠒⠢⠤⠤⣀⣀⣀⡀
  │                             ⠈⠉⠉⠉⠑⠒⠒⠒⠒⠢⠤⠤⠤⠤⢄⣀⣀⣀⣀⣀⣀
  │                                                  ⠉⠉⠉⠉⠉⠉⠉⠑⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠤⠤⠤⠤⠤⠤⠤⠤
0 ┤
  └┬──────────────┬──────────────┬───────────────┬──────────────┬──────────────┬
   1              2              3               4              5              6

epoch  learning_rate    loss  accuracy  val_loss  val_accuracy
─────────────────────────────────────────────────────────────────────
    1           0.01  2.0000    0.1550    2.5000        0.1550
    2          0.005  1.0000    0.3100    1.2500        0.3100
    3        0.00333  0.6667    0.4650    0.8333        0.4650
    4         0.0025  0.5000    0.6200    0.6250        0.6200
    5          0.002  0.4000    0.7750    0.5000        0.7750
    6        0.00167  0.3333    0.9300    0.4167        0.9300  best
"""
    )


def test_branches_of_a_residual_are_indented(tmp_path):
    assert (
        page(finished_run(tmp_path), 4).partition("\nlayers\n")[2].partition("\nin all")[0]
        == """\
section  layer                                      output  parameters    MACs
───────────────────────────────────────────────────────────────────────────────
         image                                      8x8x1
stem     conv2d 4, 3x3                              8x8x4           40   2,304
stage 1    body: conv2d 8, 3x3, strides 2, no bias  4x4x8          288   4,608
           batch_normalization                      4x4x8           32
           relu                                     4x4x8
           conv2d 8, 3x3                            4x4x8          584   9,216
           shortcut: conv2d 8, 1x1, strides 2       4x4x8           40     512
         add body and shortcut                      4x4x8
         relu                                       4x4x8
stage 2    body: conv2d 8, 3x3                      4x4x8          584   9,216
         add body and input                         4x4x8
         spatial_dropout2d 0.1                      4x4x8
head     global_average_pooling2d                   8
         dense 10                                   10              90      80

                                                                 1,658  25,936
"""
    )


def page_of(folder, **stages):
    space = SearchSpace(input=Input(height=8, width=8), **stages)
    one = space.sample(Random(0))
    return page(write(folder, [(one, evaluation(one), done(0.5))]), 1)


def test_a_depthwise_convolution_and_squeeze_and_excitation(tmp_path):
    inverted = InvertedResidualBlock(filters=1, squeeze=0.5, normalization="none")
    separable = SeparableBlock(filters=4, strides=2, padding="valid")

    text = page_of(tmp_path, stem=inverted, stages=Stages(block=separable))

    assert "  res(conv4k1-dwk3-se2-conv1k1) dwk3s2v-conv4k1 gap-dense10\n" in text
    assert (
        text.partition("\nlayers\n")[2].partition("\nhead")[0]
        == """\
section  layer                                        output  parameters   MACs
────────────────────────────────────────────────────────────────────────────────
         image                                        8x8x1
stem       body: conv2d 4, 1x1                        8x8x4            8    256
           relu                                       8x8x4
           depthwise_conv2d 3x3                       8x8x4           40  2,304
           relu                                       8x8x4
           squeeze_excitation 2                       8x8x4           22     16
           conv2d 1, 1x1                              8x8x1            5    256
         add body and input                           8x8x1
stage 1  depthwise_conv2d 3x3, strides 2, valid, no   3x3x1            9     81
         bias
         conv2d 4, 1x1, no bias                       3x3x4            4     36
         batch_normalization                          3x3x4           16
         relu                                         3x3x4"""
    )


def test_what_is_joined_is_indented_branch_by_branch(tmp_path):
    kernels = MultiKernelBlock(filters=6, kernel_sizes=[[1, 3]], strides=2, normalization="none")

    text = page_of(tmp_path, stages=Stages(block=kernels))

    assert "  cat(conv3k1s2|conv3k3s2) gap-dense10\n" in text
    assert (
        text.partition("\nlayers\n")[2].partition("\nhead")[0]
        == """\
section  layer                                 output  parameters  MACs
────────────────────────────────────────────────────────────────────────
         image                                 8x8x1
stage 1    branch 1: conv2d 3, 1x1, strides 2  4x4x3            6    48
           branch 2: conv2d 3, 3x3, strides 2  4x4x3           30   432
         concatenate 2 branches                4x4x6
         relu                                  4x4x6"""
    )


def test_curves_stand_side_by_side_on_a_wide_page(tmp_path):
    text = page(finished_run(tmp_path), 3, width=120)

    assert "validation accuracy                                           validation loss\n" in text


def test_ascii(tmp_path):
    assert page(finished_run(tmp_path), 3, encoding="ascii").isascii()


@pytest.mark.parametrize("width", [1, 10, 30, 60, 300])
def test_any_width(tmp_path, width):
    assert page(finished_run(tmp_path), 3, width)


def test_a_model_that_failed_says_why(tmp_path):
    text = page(finished_run(tmp_path), 6, width=100)

    assert text.startswith(
        """\
60ba6d24  conv16k3-max2 gap-dense10
rank 6 of 7, not on the front, its training failed
out of | memory [31m메모리 부족
"""
    )
    assert part(text, "trainings").splitlines()[-1] == (
        "search       2     7                        0.5 s  failed: out of | memory [31m메모리 부족"
    )
    assert "learning curve" not in text


def test_a_model_that_waits(tmp_path):
    text = page(finished_run(tmp_path), 7)

    assert text.splitlines()[1] == "rank 7 of 7, not on the front, not trained yet"
    assert "trainings" not in text


def test_of_a_recipe_what_counts(tmp_path):
    recipe = Recipe(
        optimizer="sgd",
        learning_rate=0.1,
        momentum=0.9,
        nesterov=True,
        weight_decay=5e-4,
        schedule="reduce_on_plateau",
        plateau_factor=0.5,
        plateau_patience=2,
        early_stopping=3,
        batch_size=64,
        label_smoothing=0.05,
        augment=Augment(horizontal_flip=True, rotation=10.0),
    )
    one = network(4, recipe=recipe)

    text = page(write(tmp_path, [(one, evaluation(one), done(0.5))]), 1)

    assert (
        part(text, "recipe")
        == """\
optimizer         sgd
learning rate     0.1
momentum          0.9
nesterov          yes
weight decay      0.0005
schedule          reduce_on_plateau
plateau factor    0.5
plateau patience  2
early stopping    3
batch size        64
label smoothing   0.05
augmentation      horizontal flip, rotation 10"""
    )


def test_of_a_long_curve_a_few_epochs_and_the_best(tmp_path):
    one = network(4)

    text = page(write(tmp_path, [(one, evaluation(one, 300), done(0.5, epochs=300))]), 1)

    assert [line.split()[0] for line in text.splitlines()[-8:]] == ["1", "44", "86", "129", "172", "215", "257", "300"]
    assert text.endswith(" best\n")
