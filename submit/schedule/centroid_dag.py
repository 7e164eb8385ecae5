"""The pipeline as an Airflow DAG: prepare, train, gate and promote, a task for each.

Put this file in Airflow's DAGs folder; Airflow 2.7 or later, or 3. Where its workers run there must be Centroid with
its job jar, and a Java 17. These Airflow variables say what is not as it is here:

  centroid_home     where Centroid is                                              /opt/centroid
  centroid_launcher what runs a step: centroid.sh, standalone.sh, yarn.sh, ...     centroid.sh
  centroid_options  options of spark-submit for each, such as --master yarn        --driver-memory 3g
  centroid_data     an archive of CIFAR-10 or a directory of batches               /var/lib/centroid/cifar-10-binary.tar.gz
  centroid_work     the directory of shards, runs and models, any Hadoop path      /var/lib/centroid
  centroid_logs     a directory of the workers, for what Spark says                /var/lib/centroid/logs

The steps say how they ended by an exit code, and it decides what follows: docs/commands.md has the table. Every step is
safe to run again: what is done is not done twice, and a training goes on from its last checkpoint. A run that the gate
blocks fails the gate's task, and nothing is promoted.
"""

import re
import shlex
from datetime import datetime, timedelta, timezone

from airflow.exceptions import AirflowFailException, AirflowSkipException

try:
    from airflow.providers.standard.operators.bash import BashOperator
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.operators.bash import BashOperator

MODEL = "cifar-10"

# Settings, data, divergence and the gate: the same again when it is tried again.
FINAL = [2, 3, 4, 5]


def variable(name, otherwise):
    """An Airflow variable, read when a task runs."""
    return '{{ var.value.get("centroid_%s", "%s") }}' % (name, otherwise)


HOME = variable("home", "/opt/centroid")
LAUNCHER = variable("launcher", "centroid.sh")
OPTIONS = variable("options", "--driver-memory 3g")
DATA = variable("data", "/var/lib/centroid/cifar-10-binary.tar.gz")
WORK = variable("work", "/var/lib/centroid")
LOGS = variable("logs", "/var/lib/centroid/logs")

SHARDS = WORK + "/shards"
# Where the training says which run it came to; one file for each run of the DAG, which a date need not have.
TRAINED = WORK + "/airflow/{{ run_id | file_name }}.json"
CANDIDATE = ["--run", TRAINED, "--models", WORK + "/models", "--name", MODEL]


class Step(BashOperator):
    """A command that fails for good with an exit code that stays the same."""

    def execute(self, context):
        try:
            return super().execute(context)
        except AirflowSkipException as final:
            raise AirflowFailException("Not tried again: " + str(final)) from final


def step(command, *arguments):
    """One subcommand."""
    words = shlex.join([HOME + "/submit/" + LAUNCHER, command, *arguments])
    return Step(
        task_id=command,
        bash_command=words + " " + OPTIONS,
        env={"CENTROID_LOG": LOGS + "/{{ run_id | file_name }}-" + command + ".log"},
        append_env=True,
        skip_on_exit_code=FINAL,
    )


with DAG(
    dag_id="centroid",
    schedule="0 2 * * *",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    # Longer than the minute after which the lock of a process that is gone can be taken over.
    default_args={"retries": 3, "retry_delay": timedelta(minutes=5)},
    user_defined_filters={"file_name": lambda text: re.sub(r"[^A-Za-z0-9.-]", "-", text)},
) as dag:
    prepare = step("prepare", "--data", DATA, "--shards", SHARDS)
    train = step("train", "--shards", SHARDS, "--runs", WORK + "/runs", "--outcome", TRAINED)
    gate = step("gate", *CANDIDATE, "--shards", SHARDS, "--set", "gate.minimum-accuracy=0.45")
    promote = step("promote", *CANDIDATE)

    prepare >> train >> gate >> promote
