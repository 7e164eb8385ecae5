"""The pipeline as an Airflow DAG: prepare, train, gate and promote, a task for each.

Put this file in Airflow's DAGs folder and change what stands in capitals; Airflow 2.7 or later, or 3. Where its workers
run there must be Centroid with its job jar, and a Java 17.

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

HOME = "/opt/centroid"
# What runs a step, and options of spark-submit: on a cluster yarn.sh, standalone.sh or kubernetes.sh.
LAUNCHER = HOME + "/submit/centroid.sh"
OPTIONS = ["--driver-memory", "3g"]
DATA = "/var/lib/centroid/cifar-10-binary.tar.gz"
# For shards, runs and models; any Hadoop path.
WORK = "/var/lib/centroid"
# For what Spark says; a directory of Airflow's workers.
LOGS = "/var/lib/centroid/logs"
MODEL = "cifar-10"

# Exit codes that are the same when it is tried again: settings, data, divergence, the gate.
FINAL = [2, 3, 4, 5]

# A run of the DAG by its name: it need not have a date.
RUN = "{{ run_id | file_name }}"
SHARDS = WORK + "/shards"
# Where the training says which run it came to.
TRAINED = WORK + "/airflow/" + RUN + ".json"
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
    return Step(
        task_id=command,
        bash_command=shlex.join([LAUNCHER, command, *arguments, *OPTIONS]),
        env={"CENTROID_LOG": LOGS + "/" + RUN + "-" + command + ".log"},
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
