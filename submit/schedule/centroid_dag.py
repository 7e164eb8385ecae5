"""The pipeline as an Airflow DAG: prepare, train, gate and promote, a task and a Spark application each.

Put this file in Airflow's DAGs folder. It needs apache-airflow 2.4 or later with
apache-airflow-providers-apache-spark, a Spark connection, and these Airflow variables:

  centroid_jar     the job jar, where Airflow's workers find it
  centroid_data    an archive of CIFAR-10 or a directory of batches, any Hadoop path
  centroid_work    a directory for shards, runs and models, any Hadoop path

Every task is safe to run again, so retries are: what is done is not done twice, and a training goes on
from its last checkpoint. A run that the gate blocks (exit code 5) fails the gate's task, and
nothing is promoted.
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.models import Variable
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

MODEL = "cifar-10"
JAR = Variable.get("centroid_jar", default_var="/opt/centroid/target/centroid-0.1.0-job.jar")
DATA = Variable.get("centroid_data", default_var="hdfs:///data/cifar-10-binary.tar.gz")
WORK = Variable.get("centroid_work", default_var="hdfs:///centroid")

SHARDS = WORK + "/shards"
# Where the training says which run it came to; one file for each run of the DAG.
TRAINED = WORK + "/airflow/{{ ts_nodash }}.json"
# What conf/spark-defaults.conf says and the program cannot set by itself.
SPARK = {
    "spark.driver.extraJavaOptions": "-XX:+UseParallelGC",
    "spark.executor.extraJavaOptions": "-XX:+UseParallelGC",
    "spark.driver.memoryOverheadFactor": "0.25",
    "spark.executor.memoryOverheadFactor": "0.25",
}
CANDIDATE = ["--run", TRAINED, "--models", WORK + "/models", "--name", MODEL]


def step(command, *arguments, **resources):
    """One subcommand as a Spark application of its own."""
    return SparkSubmitOperator(
        task_id=command,
        name="centroid " + command,
        conn_id="spark_default",
        application=JAR,
        java_class="io.centroid.cli.Centroid",
        application_args=[command, *arguments],
        conf=SPARK,
        env_vars={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        **resources,
    )


with DAG(
    dag_id="centroid",
    schedule="0 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5)},
) as dag:
    prepare = step("prepare", "--data", DATA, "--shards", SHARDS)
    train = step(
        "train",
        "--shards",
        SHARDS,
        "--runs",
        WORK + "/runs",
        "--outcome",
        TRAINED,
        driver_memory="3g",
        executor_memory="2g",
    )
    gate = step("gate", *CANDIDATE, "--shards", SHARDS, "--set", "gate.minimum-accuracy=0.45")
    gate.retries = 0  # asked again it says the same
    promote = step("promote", *CANDIDATE)

    prepare >> train >> gate >> promote
