"""The estimator from Python: python -m unittest, with pyspark, and the job jar in CENTROID_JAR."""

import os
import random
import subprocess
import sys
import tempfile
import unittest
from importlib.metadata import version

from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.evaluation import MulticlassClassificationEvaluator
from pyspark.ml.feature import StandardScaler, StringIndexer, VectorAssembler
from pyspark.ml.linalg import Vectors
from pyspark.ml.tuning import CrossValidator, CrossValidatorModel, ParamGridBuilder
from pyspark.sql import SparkSession

from centroid.spark import CentroidClassificationModel, CentroidClassifier

JAR = os.environ["CENTROID_JAR"]
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)


class SparkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.spark = (
            SparkSession.builder.master("local[2]")
            .config("spark.jars", JAR)
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "localhost")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate()
        )
        cls.directory = tempfile.mkdtemp()

    @classmethod
    def tearDownClass(cls):
        cls.spark.stop()

    def rows(self, count=300):
        draw = random.Random(1)
        return self.spark.createDataFrame(
            [
                (
                    i,
                    float(i % 3),
                    Vectors.dense([draw.gauss(3.0 if f == i % 3 else 0.0, 1) for f in range(4)]),
                    i % 5 == 0,
                )
                for i in range(count)
            ],
            ["row", "label", "features", "validates"],
        )

    @staticmethod
    def classifier(**more):
        return CentroidClassifier(
            **{"layers": [4, 8, 3], "stepSize": 0.01, "blockSize": 8, **more}
        )

    def place(self, name):
        return os.path.join(self.directory, name)

    def test_every_parameter_of_the_jar_is_there_and_has_its_default(self):
        estimator = CentroidClassifier()
        of_java = estimator._java_obj
        names = {param.name() for param in of_java.params()}
        self.assertEqual(names, {param.name for param in estimator.params})
        for param in estimator.params:
            java = of_java.getParam(param.name)
            self.assertEqual(estimator.hasDefault(param), of_java.hasDefault(java), param.name)
            if estimator.hasDefault(param):
                default = of_java.getDefault(java).get()
                self.assertEqual(estimator.getOrDefault(param), default, param.name)
            setter = "set" + param.name[0].upper() + param.name[1:]
            self.assertTrue(hasattr(estimator, setter), setter)
            self.assertTrue(hasattr(estimator, setter.replace("set", "get", 1)), setter)

    def test_the_version_is_that_of_the_jar(self):
        self.assertIn(f"centroid-{version('centroid-spark')}-spark-", JAR)

    def test_learns_and_predicts(self):
        rows = self.rows()
        model = self.classifier(validationIndicatorCol="validates").fit(rows)
        self.assertIn("dense_1 (Dense)", model.describe())
        self.assertEqual(model.networkLayers, [4, 8, 3])
        self.assertEqual((model.numClasses, model.numFeatures), (3, 4))
        summary = model.summary
        self.assertEqual(len(summary.objectiveHistory), summary.totalIterations)
        self.assertEqual(len(summary.validationAccuracyHistory), summary.totalIterations)
        accuracy = MulticlassClassificationEvaluator(metricName="accuracy")
        self.assertGreater(accuracy.evaluate(model.transform(rows)), 0.85)
        first = rows.first()
        self.assertEqual(
            model.predict(first.features), model.transform(rows.limit(1)).first().prediction
        )
        again = self.classifier(validationIndicatorCol="validates").fit(rows.repartition(5))
        self.assertEqual(
            list(again._call_java("parameters")), list(model._call_java("parameters"))
        )

    def test_pipeline_and_cross_validation(self):
        rows = self.spark.sql(
            "select case when id % 2 = 0 then 'even' else 'odd' end kind,"
            " 100 + 5 * (id % 2) + rand(1) as size, rand(2) as noise from range(200)"
        )
        classifier = CentroidClassifier(maxIter=5)
        pipeline = Pipeline(
            stages=[
                StringIndexer(inputCol="kind", outputCol="label"),
                VectorAssembler(inputCols=["size", "noise"], outputCol="columns"),
                StandardScaler(withMean=True, inputCol="columns", outputCol="features"),
                classifier,
            ]
        )
        grid = ParamGridBuilder().addGrid(classifier.stepSize, [1e-6, 0.02]).build()
        chosen = CrossValidator(
            estimator=pipeline,
            estimatorParamMaps=grid,
            evaluator=MulticlassClassificationEvaluator(metricName="accuracy"),
            numFolds=2,
        ).fit(rows)
        self.assertGreater(max(chosen.avgMetrics), 0.95)
        best = chosen.bestModel
        self.assertEqual(best.stages[3].getStepSize(), 0.02)
        best.write().overwrite().save(self.place("pipeline"))
        loaded = PipelineModel.load(self.place("pipeline"))
        self.assertIsInstance(loaded.stages[3], CentroidClassificationModel)
        self.assertEqual(
            loaded.transform(rows).select("probability").collect(),
            best.transform(rows).select("probability").collect(),
        )
        chosen.write().overwrite().save(self.place("chosen"))
        self.assertEqual(
            CrossValidatorModel.load(self.place("chosen")).bestModel.stages[3].uid,
            best.stages[3].uid,
        )

    def test_saved_in_one_language_and_loaded_in_the_other(self):
        estimator = self.classifier(maxIter=2, dropout=0.1)
        estimator.write().overwrite().save(self.place("estimator"))
        self.assertEqual(CentroidClassifier.load(self.place("estimator")).getDropout(), 0.1)
        model = estimator.fit(self.rows())
        model.write().overwrite().save(self.place("model"))
        loaded = CentroidClassificationModel.load(self.place("model"))
        self.assertEqual(loaded.uid, model.uid)
        self.assertFalse(loaded.hasSummary)
        with self.assertRaisesRegex(RuntimeError, "a model that was loaded"):
            loaded.summary
        in_java = self.spark._jvm.io.centroid.ml.CentroidClassificationModel.load(
            self.place("model")
        )
        self.assertEqual(in_java.getMaxIter(), 2)
        in_java.write().overwrite().save(self.place("from-java"))
        back = CentroidClassificationModel.load(self.place("from-java"))
        self.assertEqual(back.describe(), model.describe())
        model.write().format("onnx").save(self.place("onnx"))
        self.assertTrue(os.path.exists(os.path.join(self.place("onnx"), "model.onnx")))

    def test_mistakes_are_named(self):
        with self.assertRaisesRegex(TypeError, "keyword"):
            CentroidClassifier("features")
        with self.assertRaisesRegex(Exception, "found label -1.0 in column label"):
            self.classifier().fit(self.rows(30).selectExpr("label - 1 as label", "features"))
        with self.assertRaisesRegex(Exception, "activation given invalid value swish"):
            self.classifier(activation="swish").fit(self.rows(30))

    def test_without_the_jar_it_says_so(self):
        program = (
            "from pyspark.sql import SparkSession\n"
            "SparkSession.builder.master('local[1]').config('spark.ui.enabled', 'false')"
            ".config('spark.driver.host', 'localhost').getOrCreate()\n"
            "from centroid.spark import CentroidClassifier\n"
            "CentroidClassifier()\n"
        )
        environment = {k: v for k, v in os.environ.items() if k != "PYSPARK_GATEWAY_PORT"}
        ended = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, env=environment
        )
        self.assertIn("expected Centroid's job jar on Spark's class path", ended.stderr)


if __name__ == "__main__":
    unittest.main()
