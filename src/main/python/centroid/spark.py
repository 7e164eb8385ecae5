"""An estimator for Spark ML: a dense classifier, trained by parameter averaging.

The work is done by ``io.centroid.ml`` in the job jar, which Spark has to be started with. The same
rows and parameters give the same model to the bit, in whatever order and partitions the rows come.
"""

import sys
from typing import Any, Dict, List, Optional

from pyspark import keyword_only
from pyspark.ml.classification import (
    _JavaProbabilisticClassificationModel,
    _JavaProbabilisticClassifier,
)
from pyspark.ml.linalg import Vector
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import (
    GeneralJavaMLWritable,
    JavaMLReadable,
    JavaMLReader,
    JavaMLWritable,
)
from pyspark.ml.wrapper import JavaWrapper

__all__ = ["CentroidClassifier", "CentroidClassificationModel", "TrainingSummary"]

_JAVA = "io.centroid.ml"

# Spark makes the Python class of a stage that it has loaded by the name of its Java class.
sys.modules.setdefault(_JAVA, sys.modules[__name__])


def _param(name: str, doc: str, converter: Any) -> Any:
    return Param(Params._dummy(), name, doc, typeConverter=converter)


class _ClassifierParams(Params):
    """The parameters that estimator and model have beside those of every classifier of Spark's."""

    layers: "Param[List[int]]" = _param(
        "layers",
        "units of every layer: features, hidden layers, classes; default: features, 200, 150, "
        "classes, as the data have them",
        TypeConverters.toListInt,
    )
    maxIter: "Param[int]" = _param("maxIter", "most epochs, 1 to 100,000", TypeConverters.toInt)
    stepSize: "Param[float]" = _param(
        "stepSize", "learning rate, above 0 and at most 10", TypeConverters.toFloat
    )
    blockSize: "Param[int]" = _param(
        "blockSize", "rows in a step of one worker (minibatch), 1 to 65,536", TypeConverters.toInt
    )
    seed: "Param[int]" = _param(
        "seed", "decides the first parameters and the order of the rows", TypeConverters.toInt
    )
    tol: "Param[float]" = _param(
        "tol",
        "training ends after an epoch whose mean training loss is not lower by more than this; "
        "0 for never",
        TypeConverters.toFloat,
    )
    weightCol: "Param[str]" = _param(
        "weightCol",
        "column of weights, 0 or more; empty: all rows weigh the same",
        TypeConverters.toString,
    )
    validationIndicatorCol: "Param[str]" = _param(
        "validationIndicatorCol",
        "column of truth values: true for rows that validate and are not trained on; empty: none",
        TypeConverters.toString,
    )
    idCol: "Param[str]" = _param(
        "idCol",
        "column of whole numbers, none twice, that decide the order of the rows; empty: a hash of "
        "what is in a row",
        TypeConverters.toString,
    )
    patience: "Param[int]" = _param(
        "patience",
        "epochs without a better validation accuracy after which training ends; 0 for never",
        TypeConverters.toInt,
    )
    activation: "Param[str]" = _param(
        "activation",
        "of the hidden layers: one of relu, leaky-relu, sigmoid, tanh, identity",
        TypeConverters.toString,
    )
    updateRule: "Param[str]" = _param(
        "updateRule",
        "how gradients move parameters: one of adam, sgd, nesterov",
        TypeConverters.toString,
    )
    dropout: "Param[float]" = _param(
        "dropout",
        "probability that a value of a hidden layer is dropped in a step, 0 to 0.95",
        TypeConverters.toFloat,
    )
    weightDecay: "Param[float]" = _param(
        "weightDecay", "decoupled weight decay, 0 to 1", TypeConverters.toFloat
    )
    labelSmoothing: "Param[float]" = _param(
        "labelSmoothing",
        "share of the label that is spread over all classes, 0 to 0.9",
        TypeConverters.toFloat,
    )
    schedule: "Param[str]" = _param(
        "schedule", "course of the learning rate", TypeConverters.toString
    )
    workers: "Param[int]" = _param(
        "workers",
        "logical workers whose parameters are averaged, 1 to 10,000; part of the result, whatever "
        "runs them",
        TypeConverters.toInt,
    )
    averagingFrequency: "Param[int]" = _param(
        "averagingFrequency",
        "steps of each worker between two averagings, 1 to 1,000,000",
        TypeConverters.toInt,
    )
    outerMomentum: "Param[float]" = _param(
        "outerMomentum",
        "momentum of the averages over the rounds, 0 to 0.99",
        TypeConverters.toFloat,
    )
    handleInvalid: "Param[str]" = _param(
        "handleInvalid",
        "rows with a null, a NaN or an infinite value: error, skip or keep",
        TypeConverters.toString,
    )

    def getLayers(self) -> Optional[List[int]]:
        """Units of every layer; None where they follow from the data."""
        return self.getOrDefault(self.layers) if self.isDefined(self.layers) else None

    def getMaxIter(self) -> int:
        """Most epochs."""
        return self.getOrDefault(self.maxIter)

    def getStepSize(self) -> float:
        """The learning rate."""
        return self.getOrDefault(self.stepSize)

    def getBlockSize(self) -> int:
        """Rows in a step of one worker."""
        return self.getOrDefault(self.blockSize)

    def getSeed(self) -> int:
        """Decides the first parameters and the order of the rows."""
        return self.getOrDefault(self.seed)

    def getTol(self) -> float:
        """Least decrease of the training loss in an epoch."""
        return self.getOrDefault(self.tol)

    def getWeightCol(self) -> str:
        """Column of weights; empty for none."""
        return self.getOrDefault(self.weightCol)

    def getValidationIndicatorCol(self) -> str:
        """Column that says which rows validate; empty for none."""
        return self.getOrDefault(self.validationIndicatorCol)

    def getIdCol(self) -> str:
        """Column of ids; empty for none."""
        return self.getOrDefault(self.idCol)

    def getPatience(self) -> int:
        """Epochs without a better validation accuracy."""
        return self.getOrDefault(self.patience)

    def getActivation(self) -> str:
        """Activation of the hidden layers."""
        return self.getOrDefault(self.activation)

    def getUpdateRule(self) -> str:
        """How gradients move parameters."""
        return self.getOrDefault(self.updateRule)

    def getDropout(self) -> float:
        """Share of hidden values dropped."""
        return self.getOrDefault(self.dropout)

    def getWeightDecay(self) -> float:
        """Decoupled weight decay."""
        return self.getOrDefault(self.weightDecay)

    def getLabelSmoothing(self) -> float:
        """Share of the label that is spread over all classes."""
        return self.getOrDefault(self.labelSmoothing)

    def getSchedule(self) -> str:
        """Course of the learning rate."""
        return self.getOrDefault(self.schedule)

    def getWorkers(self) -> int:
        """Logical workers."""
        return self.getOrDefault(self.workers)

    def getAveragingFrequency(self) -> int:
        """Steps of a worker between two averagings."""
        return self.getOrDefault(self.averagingFrequency)

    def getOuterMomentum(self) -> float:
        """Momentum of the averages."""
        return self.getOrDefault(self.outerMomentum)

    def getHandleInvalid(self) -> str:
        """What becomes of rows that cannot be read."""
        return self.getOrDefault(self.handleInvalid)


class _Reader(JavaMLReader):
    @classmethod
    def _java_loader_class(cls, clazz: Any) -> str:
        return f"{_JAVA}.{clazz.__name__}"


class CentroidClassifier(
    _JavaProbabilisticClassifier["CentroidClassificationModel"],
    _ClassifierParams,
    JavaMLWritable,
    JavaMLReadable["CentroidClassifier"],
):
    """A dense classifier, trained by parameter averaging over the rows of a DataFrame.

    Features are taken as they are; ``StandardScaler`` brings them to one scale. What each parameter
    means and may be: ``explainParams()``. Defaults are those of the jar.
    """

    _input_kwargs: Dict[str, Any]

    @keyword_only
    def __init__(
        self,
        *,
        featuresCol: str = "features",
        labelCol: str = "label",
        predictionCol: str = "prediction",
        probabilityCol: str = "probability",
        rawPredictionCol: str = "rawPrediction",
        thresholds: Optional[List[float]] = None,
        layers: Optional[List[int]] = None,
        maxIter: int = 10,
        stepSize: float = 5e-4,
        blockSize: int = 32,
        seed: int = 1,
        tol: float = 0.0,
        weightCol: str = "",
        validationIndicatorCol: str = "",
        idCol: str = "",
        patience: int = 5,
        activation: str = "relu",
        updateRule: str = "adam",
        dropout: float = 0.0,
        weightDecay: float = 0.0,
        labelSmoothing: float = 0.0,
        schedule: str = "constant",
        workers: int = 2,
        averagingFrequency: int = 25,
        outerMomentum: float = 0.0,
        handleInvalid: str = "error",
    ):
        super().__init__()
        self._java_obj = None
        try:
            self._java_obj = self._new_java_obj(f"{_JAVA}.CentroidClassifier", self.uid)
        except TypeError as e:  # what is no class is a package to py4j
            raise RuntimeError(
                "Cannot make a CentroidClassifier: found no io.centroid.ml, expected Centroid's job "
                "jar on Spark's class path. Start Spark with --jars and the jar for this Spark."
            ) from e
        self._transfer_params_from_java()  # the defaults
        self.setParams(**self._input_kwargs)

    @keyword_only
    def setParams(self, **kwargs: Any) -> "CentroidClassifier":
        """Sets parameters by their names."""
        return self._set(**{name: value for name, value in kwargs.items() if value is not None})

    def setLayers(self, value: List[int]) -> "CentroidClassifier":
        """Sets :py:attr:`layers`."""
        return self._set(layers=value)

    def setMaxIter(self, value: int) -> "CentroidClassifier":
        """Sets :py:attr:`maxIter`."""
        return self._set(maxIter=value)

    def setStepSize(self, value: float) -> "CentroidClassifier":
        """Sets :py:attr:`stepSize`."""
        return self._set(stepSize=value)

    def setBlockSize(self, value: int) -> "CentroidClassifier":
        """Sets :py:attr:`blockSize`."""
        return self._set(blockSize=value)

    def setSeed(self, value: int) -> "CentroidClassifier":
        """Sets :py:attr:`seed`."""
        return self._set(seed=value)

    def setTol(self, value: float) -> "CentroidClassifier":
        """Sets :py:attr:`tol`."""
        return self._set(tol=value)

    def setWeightCol(self, value: str) -> "CentroidClassifier":
        """Sets :py:attr:`weightCol`."""
        return self._set(weightCol=value)

    def setValidationIndicatorCol(self, value: str) -> "CentroidClassifier":
        """Sets :py:attr:`validationIndicatorCol`."""
        return self._set(validationIndicatorCol=value)

    def setIdCol(self, value: str) -> "CentroidClassifier":
        """Sets :py:attr:`idCol`."""
        return self._set(idCol=value)

    def setPatience(self, value: int) -> "CentroidClassifier":
        """Sets :py:attr:`patience`."""
        return self._set(patience=value)

    def setActivation(self, value: str) -> "CentroidClassifier":
        """Sets :py:attr:`activation`."""
        return self._set(activation=value)

    def setUpdateRule(self, value: str) -> "CentroidClassifier":
        """Sets :py:attr:`updateRule`."""
        return self._set(updateRule=value)

    def setDropout(self, value: float) -> "CentroidClassifier":
        """Sets :py:attr:`dropout`."""
        return self._set(dropout=value)

    def setWeightDecay(self, value: float) -> "CentroidClassifier":
        """Sets :py:attr:`weightDecay`."""
        return self._set(weightDecay=value)

    def setLabelSmoothing(self, value: float) -> "CentroidClassifier":
        """Sets :py:attr:`labelSmoothing`."""
        return self._set(labelSmoothing=value)

    def setSchedule(self, value: str) -> "CentroidClassifier":
        """Sets :py:attr:`schedule`."""
        return self._set(schedule=value)

    def setWorkers(self, value: int) -> "CentroidClassifier":
        """Sets :py:attr:`workers`."""
        return self._set(workers=value)

    def setAveragingFrequency(self, value: int) -> "CentroidClassifier":
        """Sets :py:attr:`averagingFrequency`."""
        return self._set(averagingFrequency=value)

    def setOuterMomentum(self, value: float) -> "CentroidClassifier":
        """Sets :py:attr:`outerMomentum`."""
        return self._set(outerMomentum=value)

    def setHandleInvalid(self, value: str) -> "CentroidClassifier":
        """Sets :py:attr:`handleInvalid`."""
        return self._set(handleInvalid=value)

    def _create_model(self, java_model: Any) -> "CentroidClassificationModel":
        return CentroidClassificationModel(java_model)

    @classmethod
    def read(cls) -> JavaMLReader:
        """Reads estimators that were saved, in whatever language."""
        return _Reader(cls)


class CentroidClassificationModel(
    _JavaProbabilisticClassificationModel[Vector],
    _ClassifierParams,
    GeneralJavaMLWritable,
    JavaMLReadable["CentroidClassificationModel"],
):
    """What :py:class:`CentroidClassifier` trained. ``write().format("onnx")`` writes ONNX."""

    def setHandleInvalid(self, value: str) -> "CentroidClassificationModel":
        """Sets :py:attr:`handleInvalid`."""
        return self._set(handleInvalid=value)

    def describe(self) -> str:
        """The table that Keras' ``model.summary()`` prints."""
        return self._call_java("describe")

    @property
    def networkLayers(self) -> List[int]:
        """Units of every layer: features, hidden layers, classes."""
        return list(self._call_java("networkLayers"))

    @property
    def hasSummary(self) -> bool:
        """Whether it is known how the training went, which it is not after loading."""
        return self._call_java("hasSummary")

    @property
    def summary(self) -> "TrainingSummary":
        """How the training went."""
        if not self.hasSummary:
            raise RuntimeError(
                "Cannot tell how the training went: found a model that was loaded, expected one "
                "that was trained."
            )
        return TrainingSummary(self._call_java("summary"))

    @classmethod
    def read(cls) -> JavaMLReader:
        """Reads models that were saved, in whatever language."""
        return _Reader(cls)


class TrainingSummary(JavaWrapper):
    """How a training went, epoch by epoch; index 0 is the first one."""

    @property
    def totalIterations(self) -> int:
        """How many epochs were trained."""
        return self._call_java("totalIterations")

    @property
    def bestEpoch(self) -> int:
        """The epoch whose parameters the model has, from 1."""
        return self._call_java("bestEpoch")

    @property
    def objectiveHistory(self) -> List[float]:
        """Mean training loss of each epoch, as measured during the epoch."""
        return list(self._call_java("objectiveHistory"))

    @property
    def validationLossHistory(self) -> List[float]:
        """Mean validation loss after each epoch; empty where no rows validate."""
        return list(self._call_java("validationLossHistory"))

    @property
    def validationAccuracyHistory(self) -> List[float]:
        """Validation accuracy after each epoch, 0 to 1; empty where no rows validate."""
        return list(self._call_java("validationAccuracyHistory"))

    @property
    def rowsPerSecond(self) -> List[float]:
        """Rows trained on per second in each epoch, validation not included."""
        return list(self._call_java("rowsPerSecond"))
