"""What a notebook asked of Keras and scikit-learn: frozen values that travel as JSON.

The child writes them, the rules read them. Nothing here knows TensorFlow.
``cell`` counts all cells of the file from 0; ``line`` the lines of that cell's source from 1.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

MOST_LAYERS = 2_000  # that a run tells: no lesson makes so many
WEIGHTED = " with loss_weights="  # in a loss, between its name and what its parts count
PixelOrder = Literal["in order", "other order", "unknown"]


@dataclass(frozen=True)
class Layer:
    """One layer as Keras holds it; what a layer type does not have is None."""

    type: str  # the class name: "Dense", "Flatten", ...
    name: str
    units: int | None
    activation: str | None  # Keras's name: "sigmoid", "linear"; "?" for a function of the author's
    use_bias: bool | None
    trainable: bool
    output_shape: tuple[int | None, ...] | None
    parameters: int | None
    # What it was given beyond that and Keras's defaults: {"rate": 0.2, "kernel_regularizer": "l2"}
    options: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Network:
    """A model at one moment: InputLayers are left out, as the summary leaves them out."""

    type: str  # "Sequential", "Functional", ...
    name: str
    built: bool
    input_shape: tuple[int | None, ...] | None  # (None, 784)
    layers: tuple[Layer, ...]
    trainable_parameters: int | None
    non_trainable_parameters: int | None


@dataclass(frozen=True)
class Content:
    """Members of a data set: how many, and SHA-256 of their numbers, in their order and sorted.

    A label or an index is its own number. Each has 64 bits, the lowest byte first.
    """

    count: int
    digest: str
    sorted_digest: str


@dataclass(frozen=True)
class Images:
    """An array of images, and what of it the data set that is served has."""

    shape: tuple[int, ...]
    dtype: str
    minimum: float | None
    maximum: float | None
    divided_by: float | None = None  # whole pixels from 0 to 255 were; None: by no one number
    pixels: PixelOrder = "unknown"  # within an image
    # Of images that are all of one data set: its name; of that served, which ones they are.
    dataset: str | None = None
    content: Content | None = None
    # Of others: SHA-256 of how many pixels have each brightness, which mixing them leaves as it is
    brightness: str | None = None
    labels: int | None = None  # how many labels came with them
    paired: bool | None = None  # these are the data set's for the images; None: could not be told

    @property
    def count(self) -> int:
        """How many images there are; none where the array is a single number."""
        return self.shape[0] if self.shape else 0


@dataclass(frozen=True)
class Pictures:
    """The first images of an array, as a network got them, for people to look at.

    ``values`` has a byte for each value, between the smallest and the largest of them, in Base64.
    """

    count: int
    height: int
    width: int
    minimum: float
    maximum: float
    values: str


@dataclass(frozen=True)
class Event:
    """One thing that the notebook asked Keras or scikit-learn to do.

    ``by`` is the cell and the line of the code that called, if that itself stands in a cell: a
    function may stand in another one than that which runs.
    """

    cell: int
    line: int | None
    by: tuple[int, int] | None = field(default=None, kw_only=True, compare=False)


@dataclass(frozen=True)
class DataLoaded(Event):
    """``load_data()`` of a data set of Keras."""

    dataset: str  # the module's name: "fashion_mnist", "mnist", ...


@dataclass(frozen=True)
class SplitMade(Event):
    """``train_test_split()`` of one or more arrays."""

    test_size: float | int | None
    train_size: float | int | None
    random_state: int | None
    shuffle: bool
    stratified: bool
    sizes: tuple[int, ...]  # of the first array's parts: (48000, 12000)
    # Of the first array that is images (or else of the first): what it held, and what its two parts
    # do; None where that is not the data set's. Of images, the whole is in the parts' order.
    whole: Content | None
    parts: tuple[Content | None, ...]
    shapes: tuple[tuple[int, ...], ...] = ()  # of those parts: ((48000, 784), (12000, 784))
    divided_by: float | None = None  # as those images were; None for labels and indices
    pixels: PixelOrder = "unknown"


@dataclass(frozen=True)
class LayerMade(Event):
    """A layer of one of the types that a lesson may have was made."""

    layer: Layer


@dataclass(frozen=True)
class ModelBuilt(Event):
    """A model came to be."""

    model: int  # counts the models of the notebook from 0
    style: Literal["list", "add", "mixed", "other"]  # how the layers came into it
    network: Network  # as it was when its cell ended; a model that later cells add to: at the end
    model_named: bool  # the notebook gave the name itself (not Keras's automatic name)
    layers_named: tuple[bool, ...]


@dataclass(frozen=True)
class Summarised(Event):
    """``summary()`` of a model."""

    model: int
    network: Network


@dataclass(frozen=True)
class Compiled(Event):
    """``compile()`` of a model, when it was done."""

    model: int
    loss: str | None  # canonical: "sparse_categorical_crossentropy"; "?" for the author's own
    metrics: tuple[str, ...]
    optimizer: str | None  # "rmsprop"
    learning_rate: float | None
    metrics_as_string: bool
    unknown: tuple[str, ...] = ()  # losses and metrics that Keras does not know: fit() would raise


@dataclass(frozen=True)
class Fitted(Event):
    """``fit()`` of a model, when it was done; or when it raised, with an empty history."""

    model: int
    network: Network
    compiled: int | None  # index in Trace.events of the compile in force
    images: Images | None
    epochs: int  # as requested, not as shortened
    batch_size: int | None  # None: Keras's default
    validation: Images | None
    validation_split: float
    earlier_fits: int  # fits of this model before this one: above 0 it goes on from old weights
    recompiled: bool  # compiled again since the last of those fits
    history: dict[str, tuple[float, ...]] = field(hash=False)  # of the (shortened) run
    shortened: bool
    # the optimizer's when fit() began, or what it became if that is another one
    learning_rate: float | None = None
    initial_epoch: int = 0
    steps_per_epoch: int | None = None
    weights: tuple[str, ...] = ()  # "class_weight", "sample_weight": those that were given
    optimizer: str | None = None  # its class in lower case, when fit() began
    stopped: int | None = None  # epochs after which a training ended that should go on
    callbacks: tuple[str, ...] = ()  # their classes; "?" for the author's own
    raised: bool = False
    pictures: Pictures | None = None  # only told if a report that shows them is asked for
    shared: int = 0  # images that it trains on and that are to validate, too


@dataclass(frozen=True)
class Evaluated(Event):
    """``evaluate()`` of a model."""

    model: int
    images: Images | None
    values: tuple[float, ...]
    batch_size: int | None = None  # None: Keras's default
    steps: int | None = None  # as requested


@dataclass(frozen=True)
class Predicted(Event):
    """``predict()`` of a model."""

    model: int
    images: Images | None
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Refused(Event):
    """Something that the notebook tried and was not allowed; each kind is told once a cell."""

    what: Literal["network", "write", "original", "read", "process", "signal"]
    detail: str  # "open notes.txt"

    @property
    def tried(self) -> str:
        """What was tried, in one line: "write: open notes.txt"."""
        return f"{self.what}: {self.detail}"


@dataclass(frozen=True)
class Tampered(Event):
    """Something by which the notebook could change what is observed; each kind once a cell."""

    what: Literal["frames", "gc", "ctypes", "tracing", "code", "replaced"]
    detail: str  # "sys._getframe", "keras.layers.Dense"


@dataclass(frozen=True)
class LeftOut(Event):
    """A statement that was not run, or the rest of a cell that lacked something."""

    text: str  # its first line, as written
    # "content": Colab's files; "written": those to be written there
    # "follows": something that another one would have made
    why: Literal["shell", "tensorboard", "colab", "content", "written", "package", "follows"]
    detail: str  # the magic, the package, the path or the name
    names: tuple[str, ...] = ()  # that it would have defined
    cause: int | None = None  # index in Trace.events of the one that this follows from
