"""Notebooks for the gate: spellings of the lesson that are sound, and faults with their rule."""

from __future__ import annotations

from notebooks import Change, after, build, drop, edit, edit_all, join, rewrite

D = "keras.layers.Dense"
HIDDEN = f"{D}(100, activation='sigmoid', input_shape=(784,))"
OUTPUT = f"{D}(10, activation='softmax')"
COMPILE = "model.compile(loss='sparse_categorical_crossentropy', metrics=['accuracy'])"
FIT = "model.fit(train_scaled, train_target, epochs=1, verbose=0)"
SPLIT = "train_test_split(\n    train_scaled, train_target, test_size=0.2, random_state=42)"
RELU = f"""model = keras.Sequential()
model.add(keras.layers.Flatten(input_shape=(28, 28)))
model.add({D}(100, activation='relu'))
model.add({OUTPUT})
model.summary()
"""
RELU_SPLIT = f"""(train_input, train_target), (test_input, test_target) = \
keras.datasets.fashion_mnist.load_data()
train_scaled, val_scaled, train_target, val_target = train_test_split(
    train_input / 255.0, train_target, test_size=0.2, random_state=42)
{RELU}"""
ADAM = COMPILE.replace("loss", "optimizer='adam', loss")
BUILDER = f"""def build():
    model = keras.Sequential()
    model.add({HIDDEN})
    model.add({OUTPUT})
    return model
model = build()"""

SOUND: dict[str, list[Change]] = {
    "as it is": [],
    "import keras": [edit("load", "from tensorflow import keras", "import keras")],
    "tf.keras": [
        edit("load", "from tensorflow import keras", "import tensorflow as tf\nkeras = tf.keras")
    ],
    "bare names": [
        edit(
            "load",
            "from tensorflow import keras",
            "from tensorflow.keras import Sequential\n"
            "from tensorflow.keras.layers import Dense\n"
            "from tensorflow.keras.datasets import fashion_mnist",
        ),
        edit_all("keras.layers.Dense", "Dense"),
        edit_all("keras.Sequential", "Sequential"),
        edit_all("keras.datasets.fashion_mnist", "fashion_mnist"),
    ],
    "from keras.models": [
        edit(
            "load",
            "from tensorflow import keras",
            "from tensorflow import keras\nfrom tensorflow.keras.models import Sequential",
        ),
        edit_all("keras.Sequential", "Sequential"),
    ],
    "keras.models.Sequential": [edit_all("keras.Sequential", "keras.models.Sequential")],
    "Input": [
        edit_all(", input_shape=(784,)", ""),
        edit("list", "([dense1", "([keras.Input(shape=(784,)), dense1"),
        edit("named", "([", "([keras.layers.Input(shape=(784,)),"),
        edit("add", "Sequential()", "Sequential()\nmodel.add(keras.Input(shape=(784,)))"),
    ],
    "InputLayer": [
        edit("list", ", input_shape=(784,)", ""),
        edit("list", "([dense1", "([keras.layers.InputLayer(input_shape=(784,)), dense1"),
    ],
    "Input in the constructor, then add": [
        edit("add", "Sequential()", "Sequential([keras.Input(shape=(784,))])"),
        edit("add", ", input_shape=(784,)", ""),
    ],
    "Input and a redundant input_shape": [
        edit("add", "Sequential()", "Sequential()\nmodel.add(keras.Input(shape=(784,)))"),
    ],
    "build in a later cell": [
        edit("list", ", input_shape=(784,)", ""),
        rewrite("list summary", "model.build((None, 784))\nmodel.summary()"),
    ],
    "28 * 28": [edit_all("(784,)", "(28*28,)"), edit("prepare", "28*28", "28**2")],
    "the shape of the data": [edit_all("input_shape=(784,)", "input_shape=train_scaled.shape[1:]")],
    "255 as an integer": [edit("prepare", "255.0", "255")],
    "32 bits": [edit("prepare", "train_input / 255.0", "train_input.astype('float32') / 255")],
    "in place": [
        rewrite(
            "prepare",
            "from sklearn.model_selection import train_test_split\n"
            "train_input = train_input.astype('float64')\ntrain_input /= 255\n"
            "train_scaled = train_input.reshape(60000, 784)",
        ),
    ],
    "reshape first": [
        rewrite(
            "prepare",
            "import numpy as np\n"
            "from sklearn.model_selection import train_test_split\n"
            "train_scaled = np.reshape(train_input, (len(train_input), -1)) / 255.0",
        ),
    ],
    "split first": [
        edit("prepare", "train_input / 255.0", "train_input"),
        after("split", "train_scaled = train_scaled / 255.0\nval_scaled = val_scaled / 255.0"),
    ],
    "sizes as numbers": [edit("split", "test_size=0.2", "test_size=12000")],
    "train_size": [edit("split", "test_size=0.2", "train_size=0.8")],
    "split of indices": [
        rewrite(
            "split",
            "import numpy as np\n"
            "train, val = train_test_split(np.arange(60000), test_size=0.2, random_state=42)\n"
            "val_scaled, val_target = train_scaled[val], train_target[val]\n"
            "train_scaled, train_target = train_scaled[train], train_target[train]",
        ),
    ],
    "split in two calls": [
        rewrite(
            "split",
            "train_scaled, val_scaled = train_test_split("
            "train_scaled, test_size=0.2, random_state=42)\n"
            "train_target, val_target = train_test_split("
            "train_target, test_size=0.2, random_state=42)",
        ),
    ],
    "Korean variables": [
        edit_all("train_scaled", "훈련_입력"),
        edit_all("model", "모델"),
        edit("prepare", "sklearn.모델_selection", "sklearn.model_selection"),
    ],
    "several styles in a cell": [join("list", "list summary", "named", "named summary", "add")],
    "all in one cell": [
        join(
            "load",
            "prepare",
            "split",
            "list",
            "list summary",
            "named",
            "named summary",
            "add",
            "add summary",
            "compile",
            "fit",
        ),
    ],
    "a builder": [rewrite("add", BUILDER)],
    "a builder called twice": [rewrite("add", BUILDER + "\nmodel = build()")],
    "add in a loop": [
        rewrite(
            "add",
            f"model = keras.Sequential()\nfor layer in ({HIDDEN}, {OUTPUT}):\n    model.add(layer)",
        ),
    ],
    "a list in a variable": [
        edit(
            "list",
            "keras.Sequential([dense1, dense2])",
            "keras.Sequential(layers=[dense1, dense2])",
        )
    ],
    "names on the variables": [
        edit("list", "100, activation", "100, name='dense1', activation"),
        edit("named", "keras.Sequential([", "layers = ["),
        edit("named", "], name=", "]\nmodel = keras.Sequential(layers, name="),
    ],
    "names on the layers of the list": [
        edit("list", "input_shape=(784,)", "input_shape=(784,), name='hidden'"),
        edit("list", "'softmax'", "'softmax', name='output'"),
    ],
    "keywords": [
        edit_all("Dense(100", "Dense(units=100"),
        edit_all("Dense(10,", "Dense(units=10,"),
    ],
    "functions for activations": [edit("add", "'sigmoid'", "keras.activations.sigmoid")],
    "loss and metric as objects": [
        rewrite(
            "compile",
            "model.compile(optimizer=keras.optimizers.RMSprop(),\n"
            "    loss=keras.losses.SparseCategoricalCrossentropy(),\n"
            "    metrics=[keras.metrics.SparseCategoricalAccuracy()])",
        ),
    ],
    "defaults written out": [
        edit("compile", "loss", "optimizer='rmsprop', loss"),
        edit("fit", "epochs=5", "epochs=5, batch_size=32"),
    ],
    "learning rate written out": [
        edit("compile", "loss", "optimizer=keras.optimizers.RMSprop(learning_rate=0.001), loss"),
    ],
    "acc": [edit("compile", "accuracy", "acc")],
    "two metrics": [
        edit("compile", "['accuracy']", "['accuracy', 'sparse_top_k_categorical_accuracy']")
    ],
    "validation data": [edit("fit", "epochs", "validation_data=(val_scaled, val_target), epochs")],
    "evaluate and predict": [
        after(
            "fit",
            "model.evaluate(val_scaled, val_target, verbose=0)",
            "test_scaled = (test_input / 255.0).reshape(-1, 28*28)\n"
            "print(model.evaluate(test_scaled, test_target, verbose=0))\n"
            "print(model.predict(test_scaled[:5]).argmax(axis=1))",
        ),
    ],
    "plots": [
        after(
            "load",
            "%matplotlib inline\nimport matplotlib.pyplot as plt\n"
            "fig, axs = plt.subplots(1, 5)\nfor i in range(5):\n"
            "    axs[i].imshow(train_input[i], cmap='gray_r')\nplt.show()",
        ),
        after("fit", "plt.plot(history.history['loss'])\nplt.xlabel('epoch')\nplt.show()"),
    ],
    "ReLU and Adam after the lesson": [
        after("fit", RELU_SPLIT, ADAM, FIT.replace("epochs=1", "epochs=2")),
    ],
    "other optimizers after the lesson": [
        after(
            "fit",
            f"{BUILDER}\nsgd = keras.optimizers.SGD(learning_rate=0.1, momentum=0.9)\n"
            f"{COMPILE.replace('loss', 'optimizer=sgd, loss')}\n{FIT}",
        ),
    ],
    "dropout and callbacks after the lesson": [
        after(
            "fit",
            f"model = keras.Sequential([{HIDDEN}, keras.layers.Dropout(0.3), {OUTPUT}])\n"
            f"{ADAM}\nmodel.fit(train_scaled, train_target, epochs=2, verbose=0,\n"
            "    validation_data=(val_scaled, val_target), callbacks=[\n"
            "        keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)])",
        ),
    ],
    "a functional model after the lesson": [
        after(
            "fit",
            f"inputs = keras.Input(shape=(784,))\n"
            f"model = keras.Model(inputs, {OUTPUT}(inputs))\nmodel.summary()",
        ),
    ],
    "a single layer before the lesson": [
        after(
            "split",
            f"model = keras.Sequential([{OUTPUT[:-1]}, input_shape=(784,))])\n"
            f"{COMPILE}\n{FIT}\nprint(model.evaluate(val_scaled, val_target, verbose=0))",
        ),
    ],
    "one-hot labels after the lesson": [
        after(
            "fit",
            f"{BUILDER}\nmodel.compile(loss='categorical_crossentropy')\n"
            "train_target = keras.utils.to_categorical(train_target)",
            FIT,
        ),
    ],
    "another split after the lesson": [
        after("fit", "train_test_split(train_scaled, train_target, test_size=0.1, random_state=1)"),
    ],
    "a wrong draft": [after("split", f"model = keras.Sequential([{HIDDEN}, {HIDDEN}, {OUTPUT}])")],
    "the list style trained too": [
        after(
            "list summary", f"{COMPILE}\n{FIT}", "model.evaluate(val_scaled, val_target, verbose=0)"
        ),
    ],
    "a cell that is meant to raise": [
        after("list", "# raises\nmodel.no_such_method()"),
    ],
    "magics": [
        edit("prepare", "from sklearn", "%matplotlib inline\nfrom sklearn"),
        edit("fit", "history", "%%time\nhistory"),
    ],
    "an install cell": [after("title", "!pip install tensorflow", "%pip install scikit-learn")],
    "seeds": [
        edit(
            "prepare",
            "from sklearn",
            "import tensorflow as tf\ntf.random.set_seed(42)\nfrom sklearn",
        )
    ],
    "a summary in a loop": [rewrite("add summary", "for one in [model]:\n    one.summary()")],
    "data loaded twice": [after("prepare", "_ = keras.datasets.fashion_mnist.load_data()")],
    "tensors": [
        edit("fit", "history", "import tensorflow as tf\nhistory"),
        edit("fit", "train_scaled,", "tf.constant(train_scaled),"),
    ],
    "in another order": [
        edit("fit", "train_scaled, train_target", "train_scaled[::-1], train_target[::-1]")
    ],
    "labels as a column": [edit("fit", "train_target", "train_target.reshape(-1, 1)")],
    "a tf.data.Dataset": [
        edit(
            "fit",
            "history = model.fit(train_scaled, train_target,",
            "import tensorflow as tf\n"
            "images = tf.data.Dataset.from_tensor_slices((train_scaled, train_target))\n"
            "history = model.fit(images.shuffle(1000).batch(32),",
        )
    ],
    "validation data as a list": [
        edit("fit", "epochs", "validation_data=[val_scaled, val_target], epochs")
    ],
    "saving": [after("fit", "model.save_weights('model.weights.h5')")],
}

NETWORK_FAULTS: dict[str, tuple[str, str]] = {
    "50 units": ("100", "50"),
    "relu": ("'sigmoid'", "'relu'"),
    "softmax in the hidden layer": ("'sigmoid'", "'softmax'"),
    "sigmoid in the output layer": ("'softmax'", "'sigmoid'"),
    "no activation in the output layer": (", activation='softmax'", ""),
    "no bias": ("activation='sigmoid'", "activation='sigmoid', use_bias=False"),
    "frozen": ("activation='softmax'", "activation='softmax', trainable=False"),
    "12 outputs": ("Dense(10,", "Dense(12,"),
}
FAULTS: dict[str, tuple[str, list[Change]]] = {
    f"{fault}: {style}": ("network", [edit(style, old, new)])
    for style in ("list", "named", "add")
    for fault, (old, new) in NETWORK_FAULTS.items()
}
FAULTS |= {
    "another input": ("network", [edit("list", "(784,)", "(785,)")]),
    "pictures as input": ("network", [edit("list", "(784,)", "(28, 28)")]),
    "no input": ("network", [edit("add", ", input_shape=(784,)", ""), drop("add summary")]),
    "layers the other way round": (
        "network",
        [
            edit("named", "(100, activation='sigmoid'", "(10, activation='softmax'"),
            edit("named", "(10, activation='softmax', name", "(100, activation='sigmoid', name"),
        ],
    ),
    "three layers": (
        "network",
        [edit("list", "[dense1,", f"[dense1, {D}(100, activation='sigmoid'),")],
    ),
    "one layer": ("network", [edit("list", "[dense1, dense2]", "[dense1]")]),
    "dropout": (
        "network",
        [
            edit(
                "add",
                "model.add(keras.layers.Dense(10,",
                "model.add(keras.layers.Dropout(0.3))\nmodel.add(keras.layers.Dense(10,",
            )
        ],
    ),
    "flatten": (
        "network",
        [edit("list", "[dense1,", "[keras.layers.Flatten(input_shape=(784,)), dense1,")],
    ),
    "frozen before training": (
        "network",
        [edit("compile", "model", "model.layers[0].trainable = False\nmodel")],
    ),
    "no list style": ("style-list", [drop("list", "list summary")]),
    "a plain list": (
        "style-list",
        [
            edit("list", "keras.Sequential([dense1, dense2])", "[dense1, dense2]"),
            drop("list summary"),
        ],
    ),
    "no named style": ("style-named", [drop("named", "named summary")]),
    "names left out": (
        "style-named",
        [
            edit("named", ", name='hidden'", ""),
            edit("named", ", name='output'", ""),
            edit("named", ", name='패션 MNIST 모델'", ""),
        ],
    ),
    "no add style": (
        "style-add",
        [rewrite("add", f"model = keras.Sequential([{HIDDEN}, {OUTPUT}])")],
    ),
    "a functional model for the add style": (
        "style-add",
        [
            rewrite(
                "add",
                f"inputs = keras.Input(shape=(784,))\nhidden = {D}(100, activation='sigmoid')"
                f"(inputs)\nmodel = keras.Model(inputs, {OUTPUT}(hidden))",
            )
        ],
    ),
    "list and add mixed": (
        "style-add",
        [rewrite("add", f"model = keras.Sequential([{HIDDEN}])\nmodel.add({OUTPUT})")],
    ),
    "a skipped style": (
        "style-named",
        [edit("named", "model =", "!ls\nmodel ="), drop("named summary")],
    ),
    "another model name": ("names", [edit("named", "패션 MNIST 모델", "model")]),
    "no model name": ("names", [edit("named", ", name='패션 MNIST 모델'", "")]),
    "another layer name": ("names", [edit("named", "'hidden'", "'layer1'")]),
    "no layer name": ("names", [edit("named", ", name='output'", "")]),
    "names swapped": (
        "names",
        [
            edit("named", "'hidden'", "'x'"),
            edit("named", "'output'", "'hidden'"),
            edit("named", "'x'", "'output'"),
        ],
    ),
    "no summary": ("summary", [drop("named summary")]),
    "a summary of another model": (
        "summary",
        [
            edit("named", "model =", "named ="),
        ],
    ),
    "mnist": ("data-set", [edit("load", "fashion_mnist", "mnist")]),
    "no scaling": ("scaling", [edit("prepare", " / 255.0", "")]),
    "scaled twice": ("scaling", [after("prepare", "train_scaled = train_scaled / 255.0")]),
    "divided by 256": ("scaling", [edit("prepare", "255.0", "256.0")]),
    "divided by 100": ("scaling", [edit("prepare", "255.0", "100")]),
    "from -1 to 1": (
        "scaling",
        [edit("prepare", "train_input / 255.0", "train_input / 127.5 - 1")],
    ),
    "standardised": (
        "scaling",
        [
            edit(
                "prepare",
                "train_input / 255.0",
                "(train_input - train_input.mean()) / train_input.std()",
            )
        ],
    ),
    "inverted": (
        "training-part",
        [edit("prepare", "train_input / 255.0", "1 - train_input / 255.0")],
    ),
    "raw validation images": (
        "scaling",
        [
            edit("prepare", " / 255.0", ""),
            after("split", "train_scaled = train_scaled / 255.0"),
            edit("fit", "epochs", "validation_data=(val_scaled, val_target), epochs"),
        ],
    ),
    "raw test images": (
        "scaling",
        [after("fit", "model.evaluate(test_input.reshape(-1, 784), test_target, verbose=0)")],
    ),
    "black and white": (
        "training-part",
        [edit("prepare", "train_input / 255.0", "(train_input > 127) * 255 / 255.0")],
    ),
    "transposed": (
        "pixel-order",
        [edit("prepare", "train_scaled.reshape", "train_scaled.transpose(0, 2, 1).reshape")],
    ),
    "flattened in Fortran's order": (
        "pixel-order",
        [edit("prepare", "-1, 28*28)", "(-1, 28*28), order='F')")],
    ),
    "mirrored": (
        "pixel-order",
        [edit("prepare", "train_input / 255.0", "train_input[:, :, ::-1] / 255.0")],
    ),
    "pixels shuffled": (
        "pixel-order",
        [
            after(
                "prepare",
                "import numpy as np\ntrain_scaled = train_scaled[:, np.random.permutation(784)]",
            )
        ],
    ),
    "no seed": ("split", [edit("split", ", random_state=42", "")]),
    "another seed": ("split", [edit("split", "42", "41")]),
    "the default split": ("split", [edit("split", ", test_size=0.2, random_state=42", "")]),
    "another size": ("split", [edit("split", "0.2", "0.1")]),
    "sizes swapped": ("split", [edit("split", "0.2", "0.8")]),
    "stratified": ("split", [edit("split", "test_size", "stratify=train_target, test_size")]),
    "no shuffling": ("split", [edit("split", "random_state=42", "shuffle=False")]),
    "no split": ("split", [drop("split")]),
    "slices": (
        "split",
        [
            rewrite(
                "split",
                "train_scaled, val_scaled = train_scaled[:48000], train_scaled[48000:]\n"
                "train_target, val_target = train_target[:48000], train_target[48000:]",
            )
        ],
    ),
    "validation_split for a split": (
        "split",
        [drop("split"), edit("fit", "epochs", "validation_split=0.2, epochs")],
    ),
    "a second split of the rest": (
        "split",
        [after("split", f"train_scaled, val_scaled, train_target, val_target = {SPLIT}")],
    ),
    "a second split without its seed": (
        "split",
        [
            edit(
                "split",
                "train_scaled, val_scaled",
                "images, targets = train_scaled, train_target\ntrain_scaled, val_scaled",
            ),
            after(
                "split",
                "train_scaled, val_scaled, train_target, val_target = train_test_split(\n"
                "    images, targets, test_size=0.2)",
            ),
        ],
    ),
    "a second split without its seed, later": (
        "split",
        [after("fit", RELU_SPLIT.replace(", random_state=42", ""), ADAM, FIT)],
    ),
    "shuffled before the split": (
        "split",
        [
            after(
                "prepare",
                "import numpy as np\norder = np.random.permutation(60000)\n"
                "train_scaled, train_target = train_scaled[order], train_target[order]",
            )
        ],
    ),
    "the test images split": (
        "split",
        [
            edit("prepare", "train_input", "test_input"),
            edit("split", "train_scaled, train_target,", "train_scaled, test_target,"),
        ],
    ),
    "labels shuffled": (
        "pairing",
        [after("split", "import numpy as np\nnp.random.shuffle(train_target)")],
    ),
    "labels the other way round": ("pairing", [edit("fit", "train_target", "train_target[::-1]")]),
    "labels moved by one": ("pairing", [edit("fit", "train_target", "(train_target + 1) % 10")]),
    "the labels of other images": ("pairing", [edit("fit", "train_target", "test_target")]),
    "labels sorted": ("pairing", [after("split", "train_target.sort()")]),
    "images shuffled alone": (
        "pairing",
        [after("split", "import numpy as np\nnp.random.shuffle(train_scaled)")],
    ),
    "labels split with another seed": (
        "pairing",
        [
            edit(
                "split",
                "train_scaled, val_scaled, train_target, val_target",
                "train_scaled, val_scaled, _, _",
            ),
            after(
                "split",
                "train_target, val_target = train_test_split(\n"
                "    train_target, test_size=0.2, random_state=1)",
            ),
        ],
    ),
    "trained on the validation images": (
        "training-part",
        [edit("fit", "train_scaled, train_target", "val_scaled, val_target")],
    ),
    "parts assigned the wrong way round": (
        "training-part",
        [
            edit(
                "split",
                "train_scaled, val_scaled, train_target, val_target",
                "val_scaled, train_scaled, val_target, train_target",
            )
        ],
    ),
    "trained on the test images": (
        "training-part",
        [
            edit(
                "fit",
                "train_scaled, train_target",
                "test_input.reshape(-1, 784) / 255.0, test_target",
            )
        ],
    ),
    "trained on all images": (
        "training-part",
        [
            edit(
                "split",
                "train_scaled, val_scaled, train_target, val_target",
                "a, val_scaled, b, val_target",
            )
        ],
    ),
    "trained on a slice": (
        "training-part",
        [edit("fit", "train_scaled, train_target", "train_scaled[:1000], train_target[:1000]")],
    ),
    "validation_split": ("training-part", [edit("fit", "epochs", "validation_split=0.1, epochs")]),
    "never trained": ("training", [drop("fit")]),
    "never compiled": ("training", [drop("compile", "fit")]),
    "only ReLU trained": ("training", [rewrite("compile", RELU_SPLIT + COMPILE)]),
    "mean squared error": (
        "loss",
        [
            edit("compile", "sparse_categorical_crossentropy", "mse"),
            edit("fit", "train_target", "keras.utils.to_categorical(train_target)"),
        ],
    ),
    "one-hot labels": (
        "loss",
        [
            edit("compile", "sparse_", ""),
            edit("fit", "train_target", "keras.utils.to_categorical(train_target)"),
        ],
    ),
    "logits": (
        "loss",
        [
            edit(
                "compile",
                "'sparse_categorical_crossentropy'",
                "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
            )
        ],
    ),
    "no metric": ("metrics", [edit("compile", ", metrics=['accuracy']", "")]),
    "another metric": (
        "metrics",
        [edit("compile", "['accuracy']", "['sparse_top_k_categorical_accuracy']")],
    ),
    "Adam": ("optimizer", [edit("compile", "loss", "optimizer='adam', loss")]),
    "gradient descent": (
        "optimizer",
        [edit("compile", "loss", "optimizer=keras.optimizers.SGD(0.001), loss")],
    ),
    "a learning rate ten times as high": (
        "learning-rate",
        [edit("compile", "loss", "optimizer=keras.optimizers.RMSprop(0.01), loss")],
    ),
    "a learning rate ten times as low": (
        "learning-rate",
        [edit("compile", "loss", "optimizer=keras.optimizers.RMSprop(learning_rate=1e-4), loss")],
    ),
    "batches of 64": ("batch-size", [edit("fit", "epochs", "batch_size=64, epochs")]),
    "batches of 16": ("batch-size", [edit("fit", "train_target,", "train_target, 16,")]),
    "one epoch": ("epochs", [edit("fit", "epochs=5", "epochs=1")]),
    "no epochs given": ("epochs", [edit("fit", ", epochs=5", "")]),
    "ten epochs": ("epochs", [edit("fit", "epochs=5", "epochs=10")]),
    "a learning rate of a callback": (
        "learning-rate",
        [
            edit(
                "fit",
                "epochs",
                "callbacks=[keras.callbacks.LearningRateScheduler(lambda epoch: 0.0)], epochs",
            )
        ],
    ),
    "stopped after an epoch": (
        "accuracy-rises",
        [
            edit(
                "fit",
                "history",
                "class Stop(keras.callbacks.Callback):\n"
                "    def on_epoch_end(self, epoch, logs=None):\n"
                "        self.model.stop_training = True\nhistory",
            ),
            edit("fit", "epochs=5", "callbacks=[Stop()], epochs=5"),
        ],
    ),
    "a learning rate changed after compile()": (
        "learning-rate",
        [edit("fit", "history", "model.optimizer.learning_rate = 0.1\nhistory")],
    ),
    "no learning": (
        "accuracy-rises",
        [
            edit(
                "fit",
                "history",
                "start = model.get_weights()\nback = keras.callbacks.LambdaCallback(\n"
                "    on_train_batch_end=lambda batch, logs: model.set_weights(start))\nhistory",
            ),
            edit("fit", "epochs=5", "callbacks=[back], epochs=5"),
        ],
    ),
    "another optimizer after compile()": (
        "optimizer",
        [edit("fit", "history", "model.optimizer = keras.optimizers.SGD()\nhistory")],
    ),
    "a weighted loss": ("loss", [edit("compile", "metrics", "loss_weights=[0.1], metrics")]),
    "evaluated with moved labels": (
        "pairing",
        [after("fit", "model.evaluate(val_scaled, val_target[::-1], verbose=0)")],
    ),
    "predicted from raw images": (
        "scaling",
        [after("fit", "model.predict(test_input.reshape(-1, 784), verbose=0)")],
    ),
    "a summary of another network with the same names": (
        "summary",
        [
            after(
                "named",
                "other = keras.Sequential([\n"
                "    keras.layers.Dense(5, input_shape=(784,), name='hidden'),\n"
                "    keras.layers.Dense(10, activation='softmax', name='output')\n"
                "], name='패션 MNIST 모델')\nother.summary()",
            ),
            drop("named summary"),
        ],
    ),
    "epochs that are left out": ("epochs", [edit("fit", "epochs=5", "epochs=5, initial_epoch=2")]),
    "fewer steps": ("training-part", [edit("fit", "epochs=5", "epochs=5, steps_per_epoch=100")]),
    "classes weighted": (
        "loss",
        [edit("fit", "epochs", "class_weight=dict.fromkeys(range(10), 2.0), epochs")],
    ),
    "images weighted": (
        "loss",
        [edit("fit", "epochs", "sample_weight=train_target + 1.0, epochs")],
    ),
    "validation labels moved": (
        "pairing",
        [edit("fit", "epochs", "validation_data=(val_scaled, val_target[::-1]), epochs")],
    ),
    "weights that begin at zero": (
        "network",
        [edit("named", "'softmax'", "'softmax', kernel_initializer='zeros'")],
    ),
    "a regularizer": ("network", [edit("add", "'softmax'", "'softmax', kernel_regularizer='l2'")]),
    "a tf.data.Dataset of other batches": (
        "batch-size",
        [
            edit(
                "fit",
                "history = model.fit(train_scaled, train_target,",
                "import tensorflow as tf\n"
                "images = tf.data.Dataset.from_tensor_slices((train_scaled, train_target))\n"
                "history = model.fit(images.batch(64),",
            )
        ],
    ),
    "a misspelt name": ("cell-raises", [edit("fit", "train_scaled", "train_scaledd")]),
    "a name that a later cell defines": (
        "cell-raises",
        [edit("list", "[dense1", "[dense0"), after("list", f"dense0 = {HIDDEN}")],
    ),
    "a method that is none": ("cell-raises", [edit("add summary", "summary", "summry")]),
    "a syntax error": ("cell-raises", [edit("list", "dense2])", "dense2]")]),
    "the named model trained": ("cell-raises", [after("named summary", f"{COMPILE}\n{FIT}")]),
    "lost imports": (
        "cell-raises",
        [edit("prepare", "from sklearn.model_selection import train_test_split\n", "")],
    ),
    "a misspelt optimizer": ("cell-raises", [edit("compile", "loss", "optimizer='adm', loss")]),
    "a misspelt loss": ("cell-raises", [edit("compile", "crossentropy", "crosentropy")]),
    "an exit": ("run-ended", [after("split", "import os\nos._exit(0)")]),
    "another exit": ("run-ended", [after("split", "import sys\nsys.exit()")]),
}

TOLD: dict[str, tuple[str, list[Change]]] = {
    "stopped after two epochs": (
        "stops-early",
        [
            edit(
                "fit",
                "history",
                "class Stop(keras.callbacks.Callback):\n"
                "    def on_epoch_end(self, epoch, logs=None):\n"
                "        self.model.stop_training = epoch == 1\nhistory",
            ),
            edit("fit", "epochs=5", "callbacks=[Stop()], epochs=5"),
        ],
    ),
    "compiled again and trained further": ("retrained", [after("fit", f"{ADAM}\n{FIT}")]),
    "a misspelt loss that is never fitted": (
        "never-fitted",
        [after("list", COMPILE.replace("crossentropy", "crosentropy"))],
    ),
    "a misspelt metric that is never fitted": (
        "never-fitted",
        [after("list", COMPILE.replace("accuracy", "acuracy"))],
    ),
    "validated on the test images": (
        "validation-part",
        [
            edit(
                "fit",
                "epochs",
                "validation_data=(test_input.reshape(-1, 784) / 255.0, test_target), epochs",
            )
        ],
    ),
    "an install cell": ("not-run", [after("title", "!pip install tensorflow")]),
    "the network": (
        "refused",
        [
            after(
                "load",
                "import urllib.request\ntry:\n"
                "    urllib.request.urlopen('http://192.0.2.1/', timeout=3)\n"
                "except OSError:\n    pass",
            )
        ],
    ),
}
NOTEBOOKS = {
    **{f"sound: {name}": build(*changes) for name, changes in SOUND.items()},
    **{f"fault: {name}": build(*changes) for name, (_, changes) in FAULTS.items()},
    **{f"told: {name}": build(*changes) for name, (_, changes) in TOLD.items()},
}
